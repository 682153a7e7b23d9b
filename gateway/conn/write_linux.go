package conn

import "syscall"

// tryWrite writes as much as the kernel takes at once, and returns errWouldWait if that is
// not all. A deadline that has passed fails it, and a connection that was closed.
func tryWrite(raw syscall.RawConn, data []byte) (written int, err error) {
	failed := raw.Write(func(fd uintptr) (done bool) {
		for written < len(data) && err == nil {
			var n int
			switch n, err = syscall.Write(int(fd), data[written:]); err {
			case nil:
				written += n
			case syscall.EINTR:
				err = nil
			case syscall.EAGAIN:
				err = errWouldWait
			}
		}
		return true
	})
	if failed != nil {
		return written, failed
	}
	return written, err
}
