#!/usr/bin/env bash
# Pushes with curl, as a Pushgateway's README does, what ../README.md says, one step for each line of the standard input.
set -uo pipefail

all='# HELP client_requests_total Requests served.
# TYPE client_requests_total counter
client_requests_total{code="200"} 3
client_requests_total{code="500"} 0
# HELP client_temperature Degrees.
# TYPE client_temperature gauge
client_temperature 36.6
# HELP client_odd A \\ and "quotes".
# TYPE client_odd gauge
client_odd{text="C:\\dir \"x\",\n}"} -1.5e-7
# HELP client_size_bytes Sizes.
# TYPE client_size_bytes summary
client_size_bytes{quantile="0.5"} 200
client_size_bytes_sum 400
client_size_bytes_count 2
# HELP client_seconds Durations.
# TYPE client_seconds histogram
client_seconds_bucket{le="0.25"} 1
client_seconds_bucket{le="1"} 2
client_seconds_bucket{le="+Inf"} 3
client_seconds_sum 8.625
client_seconds_count 3'
gauge='# HELP client_temperature Degrees.
# TYPE client_temperature gauge
client_temperature 40'

# pair <name> <value>: as path segments. A slash and an empty value need base64.
pair() {
  local name=$1 value=$2
  if [ -z "$value" ]; then
    printf '/%s@base64/=' "$name"
  elif [[ $value == */* ]]; then
    printf '/%s@base64/%s' "$name" "$(printf %s "$value" | base64 -w0 | tr +/ -_)"
  else
    printf '/%s/%s' "$name" "$(encoded "$value")"
  fi
}

# encoded <text>: each byte but letters and digits as %XX.
encoded() {
  local LC_ALL=C text=$1 i char
  for ((i = 0; i < ${#text}; i++)); do
    char=${text:i:1}
    case $char in
    [a-zA-Z0-9]) printf %s "$char" ;;
    *) printf '%%%02X' "'$char" ;;
    esac
  done
}

while IFS= read -r line; do
  mapfile -t step < <(printf %s "$line" | tr '\t' '\n'; echo)
  path=/metrics$(pair job "${step[2]}")
  for ((i = 3; i + 1 < ${#step[@]}; i += 2)); do path+=$(pair "${step[i]}" "${step[i + 1]}"); done
  case ${step[0]} in
  push) method=PUT ;;
  add) method=POST ;;
  delete) method=DELETE ;;
  esac
  data=(--data-binary @-)
  if [ "$method" = DELETE ]; then data=(); fi
  if said=$(printf '%s\n' "${!step[1]}" | curl -sS --fail-with-body -X "$method" "${data[@]}" "$1$path" 2>&1); then
    echo ok
  else
    echo "failed ${said//$'\n'/ }"
  fi
done
