#!/usr/bin/env bash
# Fuzzes each target for MINUTES (default 10) on the stable compiler: scripts/fuzz.sh [MINUTES [TARGET…]]
#
# libFuzzer needs coverage counters, which a stable compiler gives when it is told so (RUSTC_BOOTSTRAP=1); no cargo-fuzz, no sanitizer.
# Seeds are made from samples/ and tests/cases; what is found stays in fuzz/corpus, what fails in fuzz/artifacts. Ends with 1 if a
# target failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
minutes=${1:-10}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(pdf markup archive portal store_index sentence number pattern equation grammar_file)

export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=fuzz/target
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
 -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16 -Cdebug-assertions"
# A target of its own triple: build scripts and macros are not instrumented.
triple=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --manifest-path fuzz/Cargo.toml --target "$triple"

seeds() { # seeds TARGET: fills fuzz/corpus/TARGET
  local to=fuzz/corpus/$1 n=0
  mkdir -p "$to"
  case $1 in
    pdf) cp samples/*.pdf samples/*.html samples/*.docx samples/*.xlsx "$to" ;;
    markup) for f in samples/*.html samples/*.txt; do printf '%b' "\\$((n % 2))" | cat - "$f" >"$to/$(basename "$f")"; n=$((n + 1)); done ;;
    archive) for f in samples/*.docx; do tail -c +5 "$f" >"$to/$(basename "$f")"; done ;;
    portal) printf 'User-agent: *\nDisallow: /a*b$\n/a/x/b' >"$to/robots"; cp samples/*.html "$to" ;;
    # A row of documents whose every cell leads out of the store; an index with one byte changed.
    store_index) printf '\001\000a\t../../../../etc/passwd\t../x\n\003k\tsha\n' >"$to/rows"; printf '\000\100\000\001' >"$to/patch" ;;
    sentence) cp samples/*.txt "$to" ;;
    grammar_file) find grammars -name '*.toml' -exec cp {} "$to" \; ;;
    number) find tests/cases/amounts -name '*.txt' -exec cp {} "$to" \; ;;
    *) find tests/cases -name '*.txt' -exec cp {} "$to" \; ;;
  esac
}

failed=0
for target in "${targets[@]}"; do
  seeds "$target"
  mkdir -p "fuzz/artifacts/$target"
  echo "== $target: $minutes minutes"
  "fuzz/target/$triple/release/$target" "fuzz/corpus/$target" -artifact_prefix="fuzz/artifacts/$target/" -max_total_time=$((minutes * 60)) \
    -max_len=200000 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 2>&1 | tee "fuzz/artifacts/$target.log" | grep -E 'cov:|stat::|ERROR|panicked' | tail -n 12 || failed=1
  ! grep -qE 'ERROR: libFuzzer|panicked' "fuzz/artifacts/$target.log" || failed=1
done
exit $failed
