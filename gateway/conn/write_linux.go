package conn

import "syscall"

// attempt is a write that does not wait. A writer has one, and uses it again and again:
// what a raw connection is given to call would be allocated each time.
type attempt struct {
	call    func(fd uintptr) (done bool)
	data    []byte
	written int
	err     error
}

// write writes as much as the kernel takes at once, and returns errWouldWait if that is not
// all. A deadline that has passed fails it, and a connection that was closed.
func (a *attempt) write(raw syscall.RawConn, data []byte) (written int, err error) {
	if a.call == nil {
		a.call = a.try
	}
	a.data, a.written, a.err = data, 0, nil
	failed := raw.Write(a.call)
	a.data = nil
	if failed != nil {
		return a.written, failed
	}
	return a.written, a.err
}

func (a *attempt) try(fd uintptr) (done bool) {
	for a.written < len(a.data) && a.err == nil {
		switch n, err := syscall.Write(int(fd), a.data[a.written:]); err {
		case nil:
			a.written += n
		case syscall.EINTR:
		case syscall.EAGAIN:
			a.err = errWouldWait
		default:
			a.err = err
		}
	}
	return true
}
