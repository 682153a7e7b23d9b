package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/parley-chat/parley/test/cluster/internal/process"
)

// Control is the control group of the processes that belong to no node.
const Control = "parley-control"

// Sweep ends and removes everything that makes up a cluster on this machine. It finds
// them by name, whether this run started them or an earlier one that was killed.
// folders are the folders with the nodes' disks. It returns what it found.
func Sweep(ctx context.Context, most int, folders ...string) (found []string, err error) {
	var faults []error
	groups := []string{Control}
	var under []string
	for i := 1; i <= most; i++ {
		groups = append(groups, fmt.Sprintf("%s%d", prefix, i))
		under = append(under, fmt.Sprintf("/run/%s%d", prefix, i))
	}
	for _, group := range groups {
		faults = append(faults, process.KillGroup(ctx, group))
	}
	under = append(under, folders...)
	unmounted, err := unmount(under)
	faults = append(faults, err)
	if len(unmounted) > 0 {
		found = append(found, fmt.Sprintf("%d mounts", len(unmounted)))
	}
	for i := 1; i <= most; i++ {
		name := fmt.Sprintf("%s%d", prefix, i)
		if _, err := os.Stat("/run/netns/" + name); err == nil {
			found = append(found, "the network of "+name)
			faults = append(faults, command(ctx, "ip", "netns", "del", name))
		}
		faults = append(faults, os.RemoveAll("/run/"+name))
	}
	if exec.CommandContext(ctx, "ip", "link", "show", bridge).Run() == nil {
		found = append(found, "the bridge")
		faults = append(faults, command(ctx, "ip", "link", "del", bridge)) // this removes its routes, too
	}
	rule := []string{"FORWARD", "-i", bridge, "-j", "ACCEPT"}
	for exec.CommandContext(ctx, "iptables", append([]string{"-C"}, rule...)...).Run() == nil {
		if err := command(ctx, "iptables", append([]string{"-D"}, rule...)...); err != nil {
			faults = append(faults, err)
			break
		}
	}
	for _, group := range groups {
		faults = append(faults, process.RemoveGroup(group))
	}
	faults = append(faults, forget(under))
	return found, errors.Join(faults...)
}

// unmount unmounts everything below the folders, the deepest first.
func unmount(folders []string) (done []string, err error) {
	text, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return nil, fmt.Errorf("find mounts: %w", err)
	}
	var faults []error
	for _, at := range below(string(text), folders) {
		if err := syscall.Unmount(at, syscall.MNT_DETACH); err != nil && !errors.Is(err, syscall.EINVAL) {
			faults = append(faults, fmt.Errorf("unmount %s: %w", at, err))
		}
		done = append(done, at)
	}
	return done, errors.Join(faults...)
}

// below reads /proc/mounts and returns the mount points below the folders, the latest
// first.
func below(text string, folders []string) (all []string) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		at := strings.ReplaceAll(f[1], `\040`, " ")
		if slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(at, folder+"/") }) {
			all = append(all, at)
		}
	}
	slices.Reverse(all)
	return all
}

// forget removes the files that kubelets and network plugins write to folders of the
// machine.
func forget(folders []string) error {
	var faults []error
	notes, err := filepath.Glob("/var/lib/cni/results/" + prefix + "[0-9]*-*")
	faults = append(faults, err)
	logs, err := filepath.Glob("/var/log/containers/*.log")
	faults = append(faults, err)
	for _, link := range logs {
		to, err := os.Readlink(link)
		if err == nil && slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(to, folder+"/") }) {
			notes = append(notes, link)
		}
	}
	for _, note := range notes {
		faults = append(faults, os.Remove(note))
	}
	return errors.Join(faults...)
}
