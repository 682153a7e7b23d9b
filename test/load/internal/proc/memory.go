package proc

import (
	"fmt"
	"os"
	"strings"
)

// Memory returns the process's resident memory in bytes, now and at its peak.
func (p *Process) Memory() (resident, peak uint64, err error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return 0, 0, fmt.Errorf("read the memory of %s: %w", p.Name, err)
	}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(line, ":")
		var kib uint64
		switch name {
		case "VmRSS", "VmHWM":
			if _, err := fmt.Sscanf(value, "%d kB", &kib); err != nil {
				return 0, 0, fmt.Errorf("read the memory of %s: %q: %w", p.Name, strings.TrimSpace(line), err)
			}
		}
		switch name {
		case "VmRSS":
			resident = kib << 10
		case "VmHWM":
			peak = kib << 10
		}
	}
	if resident == 0 {
		return 0, 0, fmt.Errorf("read the memory of %s: it has ended", p.Name)
	}
	return resident, peak, nil
}
