/* Sets what a USB printer gadget reports as its port status. Usage: port_status HEX, with /dev/g_printerN open as standard input.
 *
 * This is a hand on the fake printer and no part of any driver. It is C because the kernel offers this only as an ioctl, which
 * Rust reaches only by `unsafe`, and our tree has none. The device allows one opener, hence the inherited descriptor.
 */
#include <linux/usb/g_printer.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

int main(int count, char **word)
{
	unsigned char wanted;

	if (count != 2) {
		fprintf(stderr, "port_status HEX\n");
		return 2;
	}
	wanted = (unsigned char)strtoul(word[1], NULL, 16);
	if (ioctl(0, GADGET_SET_PRINTER_STATUS, wanted) < 0 || ioctl(0, GADGET_GET_PRINTER_STATUS) != wanted) {
		perror("port_status");
		return 1;
	}
	return 0;
}
