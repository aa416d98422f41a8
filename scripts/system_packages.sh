#!/usr/bin/env bash
# The system packages that `run`, `test` or `bench` needs: installed by apt where that may be done, and for `run` unpacked
# into the environment where it may not. Says exactly what is missing otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

spatialite=libsqlite3-mod-spatialite
case "${1:?run, test or bench}" in
  run) wanted=("$spatialite") ;;
  test) wanted=("$spatialite" chromium-headless-shell postgresql postgresql-postgis fonts-dejavu-core) ;;
  bench) wanted=("$spatialite" chromium-headless-shell postgresql postgresql-postgis fonts-dejavu-core gdal-bin)
    # Node from elsewhere is as good as Debian's, which brings some four hundred packages.
    command -v npm >/dev/null || wanted+=(npm) ;;
  *) echo "Say run, test or bench." >&2; exit 2 ;;
esac

command -v dpkg-query >/dev/null || {
  echo "Det här är inte Debian: installera SpatiaLite (mod_spatialite) själv, eller ange en PostGIS med SAMVERKAN_DATABASE_URL." >&2
  exit 0
}

missing=()
for name in "${wanted[@]}"; do
  state=$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null || true)
  [[ $state == *"install ok installed"* ]] || missing+=("$name")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0
[[ ${1} != run || ! -e .venv/system/ready ]] || exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(no); fi
fi

if [[ ${as_root[0]-} != no ]]; then
  echo "Installerar systempaketen ${missing[*]} …"
  export DEBIAN_FRONTEND=noninteractive
  if ! "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
  exit 0
fi

if [[ $1 == run ]]; then
  echo "Packar upp $spatialite i miljön (utan rätt att installera det) …"
  folder=$PWD/.venv/system
  mkdir -p "$folder/packages"
  (
    cd "$folder/packages"
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
      "$spatialite" | grep '^[a-z]' | sort -u | while read -r name; do
      dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q "install ok installed" || echo "$name"
    done | xargs -r apt-get download -qq
    for package in *.deb; do dpkg -x "$package" "$folder"; done
  )
  touch "$folder/ready"
  exit 0
fi

echo "De här systempaketen saknas och får inte installeras härifrån: ${missing[*]}" >&2
echo "Be någon som får installera att köra: apt-get install ${missing[*]}" >&2
exit 1
