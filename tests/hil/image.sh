#!/usr/bin/env bash
# Makes the guest's system: busybox, udev, a few kernel modules, and the libraries that PROGRAMs load. Usage: image.sh PROGRAM…
# Prints the path of the image. It is made again only when the kernel, this folder's recipe or a program has changed.
#
# The programs themselves are not in it: the guest runs them from a folder of the host, so a rebuilt program costs no
# rebuilt image unless it needs another library.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
kernel=out/hil/kernel
version=$(cat $kernel/version)

# Everything the guest is asked to load, by what it is for. depmod adds what they need.
modules=(
	virtio_pci 9p 9pnet_virtio                       # the folder of the host
	dummy_hcd libcomposite usb_f_printer usb_f_acm   # a USB cable with both ends in the guest, a printer and a serial line
	usblp cdc_acm                                    # what Debian binds to them
	vivid videodev                                   # a camera with faults
	uinput evdev                                     # a code reader that types
	virtio_gpu virtio_input                          # screen and finger
)
# Programs of the system that the guest runs.
tools=(/usr/bin/kmod /usr/bin/udevadm /usr/bin/v4l2-ctl)
# What they and the kiosk read: quirks of input devices, keyboard tables, letters, authorities.
data=(/usr/share/libinput /usr/share/X11/xkb /usr/share/fonts/truetype/dejavu /usr/share/fonts/opentype/inter /etc/fonts
	/etc/ssl/certs/ca-certificates.crt)

key=$({ echo "$version" "${modules[@]}" "${tools[@]}" "${data[@]}"; cat "$here/image.sh" "$here/init.sh" $kernel/v4l2loopback.ko; ldd "$@" | sed 's/ (0x.*//'; } | sha256sum | cut -c1-16)
image=out/hil/image/$key.cpio
[ ! -e "$image" ] || { echo "$image"; exit 0; }

mkdir -p out/hil/image && rm -f out/hil/image/*
root=$(mktemp -d); trap 'rm -rf "$root"' EXIT
# --- busybox answers to every name it knows
mkdir -p "$root"/{bin,sbin,proc,sys,dev,tmp,run,hil,etc/udev,lib64,usr/bin,usr/lib/udev}
cp /bin/busybox "$root/bin/"
for name in $(/bin/busybox --list); do [ "$name" = busybox ] || ln -sf busybox "$root/bin/$name"; done

# --- modules, unpacked
from=$kernel/lib/modules/$version
to=$root/lib/modules/$version
mkdir -p "$to"
PATH=$PATH:/usr/sbin:/sbin
depmod -b "$PWD/$kernel" "$version"
cp "$from"/modules.{order,builtin,builtin.modinfo} "$to/"
for module in "${modules[@]}"; do
	modprobe -d "$PWD/$kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | sort -u | while read -r file; do
	relative=${file#*"/lib/modules/$version/"}
	mkdir -p "$to/$(dirname "$relative")"
	case $file in
	*.xz) xz -dc "$file" >"$to/${relative%.xz}" ;;
	*) cp "$file" "$to/$relative" ;;
	esac
done
cp $kernel/v4l2loopback.ko "$to/"
sed -i 's/\.ko\.xz$/.ko/' "$to/modules.order"
depmod -b "$root" "$version"

# --- programs of the system, and the libraries of all programs at the places where the loader looks
for tool in "${tools[@]}"; do cp -L "$tool" "$root/usr/bin/"; done
for program in "${tools[@]}" "$@"; do
	ldd "$program" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -nL "$library" "$root$library"
	done
done
for name in modprobe lsmod rmmod; do rm -f "$root/bin/$name" && ln -s ../usr/bin/kmod "$root/bin/$name"; done
# udevadm is the daemon too when it is called by that name. Without it no driver binds by itself and nothing has a by-id name.
ln -s udevadm "$root/usr/bin/systemd-udevd"
cp -r /usr/lib/udev/rules.d /usr/lib/udev/hwdb.d "$root/usr/lib/udev/" 2>/dev/null || cp -r /usr/lib/udev/rules.d "$root/usr/lib/udev/"
for path in "${data[@]}"; do mkdir -p "$root$(dirname "$path")" && cp -rL "$path" "$root$(dirname "$path")/"; done

# --- not compressed: unpacking in emulation takes longer than reading
install -m 755 "$here/init.sh" "$root/init"
(cd "$root" && find . | LC_ALL=C sort | /bin/busybox cpio -o -H newc -R 0:0 2>/dev/null) >"$image.part"
mv "$image.part" "$image"
echo "$image"
