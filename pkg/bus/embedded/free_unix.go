//go:build linux || darwin

package embedded

import (
	"fmt"
	"syscall"
)

// freeBytes returns how many bytes an unprivileged process can still use on the folder's
// file system.
func freeBytes(dir string) (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("ask for the free space of %s: %w", dir, err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}
