package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Frozen runs do while all processes in the group and in the groups below it stand still.
func Frozen(ctx context.Context, name string, do func() error) (err error) {
	_, groups, err := hierarchies()
	if err != nil {
		return err
	}
	all := func() (pids []int) {
		for _, h := range groups {
			pids = append(pids, members(filepath.Join(h, name))...)
		}
		return pids
	}
	signal := func(s syscall.Signal) {
		for _, pid := range all() {
			_ = syscall.Kill(pid, s) // it may have ended
		}
	}
	defer signal(syscall.SIGCONT)
	err = wait.Until(ctx, killLimit, "all of "+name+" stand still", func(context.Context) string {
		signal(syscall.SIGSTOP)
		var moving []string
		for _, pid := range all() {
			if moves(pid) {
				moving = append(moving, fmt.Sprint(pid))
			}
		}
		return strings.Join(moving, " ")
	})
	if err != nil {
		return err
	}
	if len(all()) == 0 {
		return errors.New("freeze " + name + ": it has no processes")
	}
	return do()
}

// moves reports whether a process is there and neither stopped nor dead.
func moves(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name is in brackets
	return after != "" && !strings.ContainsRune("TtZX", rune(after[0]))
}
