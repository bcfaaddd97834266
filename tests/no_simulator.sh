#!/usr/bin/env bash
# Refuses a program that holds a simulated device, the robot, the meja uji or the recorder of devices. Usage: no_simulator.sh PROGRAM
set -euo pipefail
program=$1
# A text that only the simulator has, and one that every build has: the second proves that the search works.
simulated='klampid-demo|Meja Uji|SEKTOR CONTOH KOTA|simulated|SimCamera|PaperPrinter|klampid-recording'
strings_of() { grep -a -o -E "$1" "$program" | sort -u; }
if ! grep -a -q -F 'shared/texts.toml' "$program"; then
	echo "no_simulator: $program does not look like the kiosk" >&2
	exit 2
fi
if found=$(strings_of "$simulated"); then
	echo "no_simulator: $program holds: $found" >&2
	exit 1
fi
echo "no_simulator: $program holds no simulator"
