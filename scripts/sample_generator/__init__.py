"""Made-up Chinese final accounts (部门决算) as PDF, with the truth beside them."""
