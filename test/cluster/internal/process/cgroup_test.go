package process

import (
	"slices"
	"testing"
)

func TestBothVersionsOfControlGroupsAreFound(t *testing.T) {
	one, two := mounted("tmpfs /tmp tmpfs rw 0 0\n" +
		"cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n" +
		"cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n")
	if !slices.Equal(one, []string{"/sys/fs/cgroup/pids", "/sys/fs/cgroup/cpu"}) || !slices.Equal(two, []string{"/sys/fs/cgroup/unified"}) {
		t.Errorf("version 1: %v, version 2: %v", one, two)
	}
}
