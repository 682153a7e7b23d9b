//go:build !linux

package conn

import "syscall"

// readiness does not wait: here the goroutine that reads does, which costs more memory.
type readiness struct{}

func (*readiness) await(syscall.RawConn) error { return nil }
