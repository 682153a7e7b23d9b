//go:build !linux

package conn

import "syscall"

// awaitReadable returns at once: here the goroutine that reads waits, which costs more
// memory.
func awaitReadable(syscall.RawConn) error { return nil }
