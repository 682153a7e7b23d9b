//go:build !linux

package conn

import "syscall"

// tryWrite leaves it all to a goroutine that waits.
func tryWrite(syscall.RawConn, []byte) (int, error) { return 0, errWouldWait }
