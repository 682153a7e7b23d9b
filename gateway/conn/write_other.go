//go:build !linux

package conn

import "syscall"

// attempt leaves all writing to a goroutine that waits.
type attempt struct{}

func (*attempt) write(syscall.RawConn, []byte) (int, error) { return 0, errWouldWait }
