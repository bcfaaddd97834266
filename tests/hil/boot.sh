#!/usr/bin/env bash
# Boots the guest without a screen and waits until it switches itself off. Usage: boot.sh IMAGE FOLDER LIMIT_SECS [QEMU ARGUMENT…]
#
# FOLDER is /hil in the guest and holds guest.sh; the guest's console goes to FOLDER/console. Nothing here needs root or KVM,
# so that it runs wherever the other tests run. At LIMIT_SECS the guest is killed, and that is exit code 124.
set -euo pipefail
image=$1 folder=$2 limit_secs=$3
shift 3
cd "$(dirname "$0")/../.."
# Nobody types: a guest that waits for input would wait until the limit.
exec timeout --kill-after=5 "$limit_secs" qemu-system-x86_64 \
	-accel tcg,thread=multi -machine q35 -cpu max -smp 2 -m 1536 \
	-kernel out/hil/kernel/vmlinux -initrd "$image" -append "console=ttyS0 quiet panic=-1" \
	-nodefaults -vga none -display none -no-reboot -serial "file:$folder/console" \
	-virtfs "local,path=$folder,mount_tag=hil,security_model=none,id=hil" "$@" </dev/null
