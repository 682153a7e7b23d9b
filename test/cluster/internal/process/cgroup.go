package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// hierarchies finds the kernel's control group hierarchies. used are those to put
// processes in: one folder for each controller, or a single one with version 2. all are
// all that exist: if both versions are mounted, runc also creates groups in version 2.
func hierarchies() (used, all []string, err error) {
	text, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return nil, nil, fmt.Errorf("find the control groups: %w", err)
	}
	one, two := mounted(string(text))
	if used = one; len(used) == 0 {
		used = two
	}
	if len(used) == 0 {
		return nil, nil, errors.New("find the control groups: none are mounted")
	}
	return used, append(one, two...), nil
}

// mounted reads the hierarchies of version 1 and of version 2 from /proc/mounts.
func mounted(text string) (one, two []string) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) < 3:
		case f[2] == "cgroup":
			one = append(one, f[1])
		case f[2] == "cgroup2":
			two = append(two, f[1])
		}
	}
	return one, two
}

// Group creates a control group, with a subgroup for the node's own programs, and
// returns the file that adds processes to the latter.
func Group(name string) (procs string, err error) {
	used, _, err := hierarchies()
	if err != nil {
		return "", err
	}
	for _, h := range used {
		if err := os.MkdirAll(filepath.Join(h, name, "own"), 0o755); err != nil {
			return "", fmt.Errorf("make the control group %s: %w", name, err)
		}
		inherit(h, name)
		if procs == "" || strings.HasSuffix(h, "/pids") {
			procs = filepath.Join(h, name, "own", "cgroup.procs")
		}
	}
	return procs, nil
}

// inherit gives a new group the settings of its parent: with version 1 its set of
// processors starts empty, with version 2 its controllers do.
func inherit(h, name string) {
	for _, folder := range []string{name, filepath.Join(name, "own")} {
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			if have, err := os.ReadFile(filepath.Join(h, filepath.Dir(folder), file)); err == nil {
				_ = os.WriteFile(filepath.Join(h, folder, file), have, 0o600)
			}
		}
	}
	for _, folder := range []string{"", name} {
		if have, err := os.ReadFile(filepath.Join(h, folder, "cgroup.controllers")); err == nil {
			for _, c := range strings.Fields(string(have)) {
				_ = os.WriteFile(filepath.Join(h, folder, "cgroup.subtree_control"), []byte("+"+c), 0o600)
			}
		}
	}
}

// killLimit is how long killed processes may take to disappear.
const killLimit = 30 * time.Second

// KillGroup kills all processes in the group and in the groups below it.
func KillGroup(ctx context.Context, name string) error {
	_, all, err := hierarchies()
	if err != nil {
		return err
	}
	return wait.Until(ctx, killLimit, "kill all of "+name, func(context.Context) string {
		var left []string
		for _, h := range all {
			for _, pid := range members(filepath.Join(h, name)) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
				left = append(left, strconv.Itoa(pid))
			}
		}
		return strings.Join(left, " ")
	})
}

func members(folder string) (pids []int) {
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "cgroup.procs" {
			return nil // a group that goes away meanwhile is fine
		}
		text, _ := os.ReadFile(path)
		for _, word := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil && pid > 1 {
				pids = append(pids, pid)
			}
		}
		return nil
	})
	return pids
}

// RemoveGroup removes an empty group and the groups below it.
func RemoveGroup(name string) error {
	_, all, err := hierarchies()
	if err != nil {
		return err
	}
	var faults []error
	for _, h := range all {
		var folders []string
		_ = filepath.WalkDir(filepath.Join(h, name), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				folders = append(folders, path)
			}
			return nil
		})
		slices.Reverse(folders)
		for _, folder := range folders {
			if err := syscall.Rmdir(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
				faults = append(faults, fmt.Errorf("remove the control group %s: %w", folder, err))
			}
		}
	}
	return errors.Join(faults...)
}
