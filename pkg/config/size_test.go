package config

import "testing"

func TestSizesMayHaveAUnit(t *testing.T) {
	for text, want := range map[string]Size{"0": 0, "1024": 1024, "256MB": 256e6, "1.5 gb": 15e8, "8kb": 8000, "2TB": 2e12} {
		c, faults := load("", map[string]string{"DISK_RESERVE": text})
		if len(faults) > 0 || c.DiskReserve != want {
			t.Errorf("%q: %d, %v; want %d", text, c.DiskReserve, faults, want)
		}
	}
	for _, text := range []string{"much", "-1", "MB", "12XB", "1e400", "NaN", "99999999TB"} {
		if _, faults := load("", map[string]string{"DISK_RESERVE": text}); !faults.Has("DISK_RESERVE") {
			t.Errorf("%q is accepted", text)
		}
	}
}
