-- "Before you sum" as a view: one version and one format of each account, no rows of sub-units, numbers in known forms only.
-- Runs in SQLite and DuckDB, where `documents` and `facts` are the tables of a dataset. Still choose one form and measure, and
-- NOT is_total with one item_level, before you sum.
CREATE VIEW facts_analysis AS
WITH accounts AS (
  SELECT document_id, versions,
    row_number() OVER (
      PARTITION BY coalesce(unit_key, document_id), coalesce(fiscal_year, 0), coalesce(level, ''), coalesce(caliber, '')
      ORDER BY facts DESC, document_id
    ) AS choice
  FROM documents
  WHERE kind = 'final_account' AND status IN ('extracted', 'partial') AND superseded_by IS NULL
)
SELECT f.*, a.versions
FROM facts f JOIN accounts a ON a.document_id = f.document_id
WHERE a.choice = 1 AND f.sub_unit IS NULL AND f.cell_state = 'number' AND f.amount IS NOT NULL AND f.form <> 'other_table';
