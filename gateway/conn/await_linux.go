package conn

import (
	"syscall"
	"unsafe"
)

// awaitReadable returns once the connection is readable, or has an error. It must call
// little: the stack of the goroutine that waits grows with it, and does not shrink.
func awaitReadable(raw syscall.RawConn) error {
	waited := false
	return raw.Read(func(fd uintptr) (readable bool) {
		if waited {
			return true
		}
		waited = true
		// What came before is not reported again, so it must be looked for.
		var first byte
		_, _, err := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&first)), 1, syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
		return err != syscall.EAGAIN
	})
}
