package config

import (
	"strings"
	"testing"
)

func TestSizesAreReadWithAndWithoutAUnit(t *testing.T) {
	for text, want := range map[string]Size{"0": 0, "1024": 1024, "256MB": 256e6, "1.5 gb": 15e8, "8kb": 8000, "2TB": 2e12} {
		c, err := load("", map[string]string{"DISK_RESERVE": text})
		if err != nil || c.DiskReserve != want {
			t.Errorf("%q: %d, %v; want %d", text, c.DiskReserve, err, want)
		}
	}
	for _, text := range []string{"much", "-1", "MB", "12XB", "1e400", "NaN", "99999999TB"} {
		if _, err := load("", map[string]string{"DISK_RESERVE": text}); err == nil || !strings.Contains(err.Error(), "DISK_RESERVE: ") {
			t.Errorf("%q is taken: %v", text, err)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	for _, text := range []string{"0", "-1", "all", "2000000"} {
		if _, err := load("", map[string]string{"MAX_CONNECTIONS": text}); err == nil || !strings.Contains(err.Error(), "MAX_CONNECTIONS: ") {
			t.Errorf("%q is taken: %v", text, err)
		}
	}
}
