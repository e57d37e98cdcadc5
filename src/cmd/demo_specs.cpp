#include "cmd/demo_specs.h"

namespace chant::cmd {
namespace {

constexpr std::string_view kReadings = R"spec(---
type: code
status: pending
labels: [data]
target_files: [data/readings.csv]
---
# Record a week of readings

## Acceptance Criteria

- [ ] data/readings.csv has one line for each day

```sh run
mkdir -p data
day=1
while [ "$day" -le 7 ]; do
  echo "2026-06-0$day,$((12 + day * day % 11))" >>data/readings.csv
  echo "measured day $day"
  sleep 0.2
  day=$((day + 1))
done
```
)spec";

constexpr std::string_view kUnits = R"spec(---
type: code
status: pending
target_files: [units.awk]
---
# Convert to Fahrenheit

## Acceptance Criteria

- [ ] units.awk prints a reading in both units

```sh run
echo "writing the conversion"
cat >units.awk <<'END'
{ printf "%s %d C %d F\n", $1, $2, $2 * 9 / 5 + 32 }
END
sleep 1
echo "trying it"
echo 2026-06-01,20 | awk -F, -f units.awk
```
)spec";

constexpr std::string_view kLicence = R"spec(---
type: task
status: pending
---
# Say who may use it

## Acceptance Criteria

- [ ] The README names the licence

```sh run
printf '\nPublic domain: do what you like.\n' >>README.md
sleep 0.5
tail -n 1 README.md
```
)spec";

constexpr std::string_view kReport = R"spec(---
type: code
status: pending
depends_on: [001-readings, 002-units]
target_files: [report.txt]
---
# Print the report

## Acceptance Criteria

- [ ] report.txt shows every day in both units

```sh run
awk -F, -f units.awk data/readings.csv >report.txt
sleep 0.5
cat report.txt
```
)spec";

constexpr std::string_view kCheck = R"spec(---
type: task
status: pending
depends_on: [004-report]
---
# Note the warmest day

## Acceptance Criteria

- [ ] The README names the warmest day

```sh run
warmest=$(sort -k2,2nr report.txt | head -n 1)
printf '\nWarmest: %s\n' "$warmest" >>README.md
echo "warmest: $warmest"
```
)spec";

}  // namespace

std::vector<DemoSpec> demo_specs() {
  return {{"001-readings", kReadings},
          {"002-units", kUnits},
          {"003-licence", kLicence},
          {"004-report", kReport},
          {"005-check", kCheck}};
}

}  // namespace chant::cmd
