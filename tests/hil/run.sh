#!/usr/bin/env bash
# Hardware in the loop without hardware: the drivers' own code, and the kiosk itself, inside a virtual machine whose kernel
# offers real USB cables, cameras and a screen. Usage: run.sh TARGET_FOLDER [STEP…], where TARGET_FOLDER is where cargo builds.
#
# One line per check, PASS or FAIL with the sentence that it proves. The result is bad when a check fails, and also when one
# is missing, because a guest that died early has failed nothing. Everything of a run stays in out/hil/run/STEP.
# `make hil` builds the programs and installs what this needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/hil
target=${1:?where cargo builds, such as target/debug}
shift
wanted_steps=${*:-buses cameras screen}
for step in $wanted_steps; do
	case $step in buses | cameras | screen) ;; *) echo "hil: no step is called $step; there are buses, cameras and screen" >&2 && exit 2 ;; esac
done
began=$SECONDS
passed=0 bad=0

# --- what the guest boots, and the programs in a size that is quick to load
$here/fetch.sh
mkdir -p out/hil/bin
for program in examples/hil_guest klampid-camera klampid-kiosk; do
	strip -s "$target/$program" -o "out/hil/bin/$(basename $program)"
done
gcc -static -O1 -Wall -o out/hil/bin/port_status $here/port_status.c
image=$($here/image.sh out/hil/bin/{hil_guest,klampid-camera,klampid-kiosk})
echo "hil: kernel $(cat out/hil/kernel/version), image $image, $((SECONDS - began)) s to prepare"

# lay_out STEP PROGRAM…: a new folder for the guest, with the programs in it. Prints its path.
lay_out() {
	local folder=out/hil/run/$1
	shift
	rm -rf "$folder" && mkdir -p "$folder/bin"
	for program in "$@"; do cp "out/hil/bin/$program" "$folder/bin/"; done
	cp -r config/printers "$folder/"
	touch "$folder/console" "$folder/log" "$folder/results"
	echo "$folder"
}

# judge FOLDER EXPECTED: prints the lines of a step, counts them, and shows the logs when something is wrong.
judge() {
	local folder=$1 expected=$2 good failed
	grep -a -E '^(PASS|FAIL) ' "$folder/results" || true
	good=$(grep -a -c '^PASS ' "$folder/results" || true)
	failed=$(grep -a -c '^FAIL ' "$folder/results" || true)
	passed=$((passed + good))
	# Not "fewer": a check that is added here has to be counted here, or the next one that vanishes is not missed.
	if [ "$((good + failed))" -ne "$expected" ]; then
		echo "FAIL $expected checks are made: $((good + failed)) were"
		failed=$((failed + 1))
	fi
	if [ "$failed" -gt 0 ]; then
		bad=$((bad + failed))
		# What was logged before each failure; and the end, where a guest that died says its last word.
		{ grep -a -B 20 'ERROR failed' "$folder/log" || true; echo ...; tail -n 15 "$folder/log"; } | sed 's/^/    log: /'
		tail -n 12 "$folder/console" "$folder/dmesg" 2>/dev/null | tr -d '\r' | sed 's/^/    guest: /'
	fi
}

# prove STEP EXPECTED LIMIT_SECS PART…: one guest that runs the parts of hil_guest one after the other.
prove() {
	local step=$1 expected=$2 limit_secs=$3 folder started=$SECONDS
	shift 3
	case " $wanted_steps " in *" $step "*) ;; *) return 0 ;; esac
	folder=$(lay_out "$step" hil_guest klampid-camera port_status)
	{
		# A program that is loaded through the folder of the host page by page needs seconds to start.
		echo "cp -r /hil/bin /tmp/bin"
		for part in "$@"; do echo "/tmp/bin/hil_guest $part >>/hil/results"; done
	} >"$folder/guest.sh"
	$here/boot.sh "$image" "$folder" "$limit_secs" || echo "FAIL the guest ends within $limit_secs s" >>"$folder/results"
	judge "$folder" "$expected"
	echo "---- $step: $((SECONDS - started)) s"
}

# see FOLDER NAME OTHER_THAN PATIENCE_SECS: takes a picture each second until it shows a page that stands still and is
# not the page OTHER_THAN (a picture's name, or nothing). It stands still when three pictures in a row are the same, so
# that neither a half-drawn page nor a pressed button counts.
see() {
	local picture=$1/$2.ppm other=${3:+$1/$3.ppm} still=0 started=$SECONDS
	while [ $((SECONDS - started)) -lt "$4" ]; do
		[ ! -e "$picture" ] || mv "$picture" "$picture.before"
		$here/screen.py "$1/qmp" look "$1/$2" || return 1
		if cmp -s "$picture" "$picture.before"; then still=$((still + 1)); else still=0; fi
		if [ $still -ge 2 ] && is_page "$picture" && is_other_page "$picture" "$other"; then return 0; fi
		sleep 1
	done
	return 1
}
# A page has letters with soft edges, so it has hundreds of colours; a blank screen has one.
is_page() { [ "$($here/screen.py - colours "$1")" -ge 100 ]; }
# A pressed card is at most 7 percent of the screen.
is_other_page() { [ -z "$2" ] || [ "$($here/screen.py - compare "$1" "$2")" -ge 10 ]; }

note_verdict() { # note_verdict FOLDER SENTENCE COMMAND…
	local folder=$1 sentence=$2
	shift 2
	if "$@"; then echo "PASS $sentence"; else echo "FAIL $sentence"; fi >>"$folder/results"
}
has_started() { # has_started FOLDER PATIENCE_SECS
	local started=$SECONDS
	until grep -a -q 'kiosk\] started ' "$1/log"; do
		if [ $((SECONDS - started)) -ge "$2" ]; then return 1; fi
		sleep 0.5
	done
}
is_quiet() { ! grep -a -E 'panicked| ERROR ' "$1/log"; }

# The kiosk of the field on a bare screen: no desktop, no network, no device. A finger begins a visit and opens a card.
see_screen() {
	local folder started=$SECONDS guest
	case " $wanted_steps " in *" screen "*) ;; *) return 0 ;; esac
	folder=$(lay_out screen klampid-kiosk)
	echo "nobody-checks-this-secret-0000" >out/hil/kiosk.secret
	# One file, because the guest reads a thousand small ones through the folder of the host in seconds.
	tar -cf "$folder/kiosk.tar" -C config catalogue -C "$PWD/$here" kiosk.toml -C "$PWD/out/hil" kiosk.secret
	cat >"$folder/guest.sh" <<-'GUEST'
		modprobe -a virtio_gpu virtio_input evdev
		udevadm settle --timeout=20
		mkdir /tmp/kiosk && tar -xf /hil/kiosk.tar -C /tmp/kiosk
		cp /hil/bin/klampid-kiosk /tmp/
		chmod 600 /tmp/kiosk/kiosk.secret
		export XDG_RUNTIME_DIR=/tmp XDG_CACHE_HOME=/tmp SLINT_BACKEND=linuxkms-software
		/tmp/klampid-kiosk --config /tmp/kiosk/kiosk.toml &
		kiosk=$!
		while [ ! -e /hil/leave ] && kill -0 $kiosk; do sleep 1; done
		kill -0 $kiosk && touch /hil/alive
	GUEST
	$here/boot.sh "$image" "$folder" 240 -qmp "unix:$folder/qmp,server=on,wait=off" \
		-device virtio-gpu-pci,xres=1080,yres=1920 -device virtio-tablet-pci &
	guest=$!
	note_verdict "$folder" "the kiosk starts without a desktop, a network and any device" has_started "$folder" 90
	note_verdict "$folder" "it draws its first page on the bare screen" see "$folder" 1-idle "" 30
	$here/screen.py "$folder/qmp" tap 0.5 0.478 || true
	note_verdict "$folder" "a finger begins a visit" see "$folder" 2-home 1-idle 30
	$here/screen.py "$folder/qmp" tap 0.5 0.26 || true
	note_verdict "$folder" "a finger on a card opens its page" see "$folder" 3-card 2-home 30
	touch "$folder/leave"
	wait "$guest" || echo "FAIL the guest ends within its time" >>"$folder/results"
	note_verdict "$folder" "it still runs after that" test -e "$folder/alive"
	note_verdict "$folder" "it has logged no fault" is_quiet "$folder"
	cp "$folder"/*.png out/hil/
	judge "$folder" 6
	echo "---- screen: $((SECONDS - started)) s, pictures in out/hil"
}

prove buses 30 200 usb serial code-reader
prove cameras 14 200 camera vivid
see_screen

echo "hil: $passed passed, $bad failed or missing, $((SECONDS - began)) s"
[ "$bad" = 0 ]
