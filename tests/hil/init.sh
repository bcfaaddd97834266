#!/bin/sh
# The first program of the guest: mounts what a system has, starts udev, runs /hil/guest.sh and switches the machine off.
# /hil is a folder of the host. Busybox's shell reads this.
export PATH=/usr/bin:/bin:/sbin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
# The kernel asks for modules itself (a printer function in configfs does), and nobody else tells it whom to ask.
echo /bin/modprobe >/proc/sys/kernel/modprobe

modprobe -a virtio_pci 9pnet_virtio 9p
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 hil /hil || poweroff -f
read -r up _ </proc/uptime
echo "guest: up after $up s"

systemd-udevd --daemon 2>/dev/null
udevadm trigger --action=add
udevadm settle --timeout=20
sh /hil/guest.sh >/hil/log 2>&1
echo "guest: ends with $?"
dmesg >/hil/dmesg
sync
poweroff -f
