package conn

import (
	"syscall"
	"unsafe"
)

// readiness waits until a connection is readable, again and again: what a raw connection is
// given to call would be allocated each time.
type readiness struct {
	call   func(fd uintptr) (readable bool)
	looked bool
}

// await returns once the connection is readable, or has an error. It must call little: the
// stack of the goroutine that waits grows with it, and does not shrink.
func (r *readiness) await(raw syscall.RawConn) error {
	if r.call == nil {
		r.call = r.look
	}
	r.looked = false
	return raw.Read(r.call)
}

func (r *readiness) look(fd uintptr) (readable bool) {
	if r.looked {
		return true
	}
	r.looked = true
	// What came before is not reported again, so it must be looked for.
	var first byte
	_, _, err := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&first)), 1, syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
	return err != syscall.EAGAIN
}
