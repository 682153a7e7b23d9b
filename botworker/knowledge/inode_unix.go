//go:build unix

package knowledge

import (
	"io/fs"
	"syscall"
)

// inode is the number of the file on its disk: another one if the file was replaced.
func inode(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino) //nolint:unconvert // an uint32 on some systems
	}
	return 0
}
