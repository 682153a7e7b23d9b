package scenario

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Memory is what a process holds, in bytes.
type Memory struct {
	Resident float64 // as the kernel counts it
	Live     float64 // heap after a garbage collection, and stacks; 0 if it serves no profiles
}

// Held collects the garbage of every process that serves profiles, and returns what each
// process holds, by the name of its part.
func (s *System) Held(ctx context.Context) (map[string]Memory, error) {
	all := map[string]Memory{}
	for _, p := range s.Parts {
		var m Memory
		for range 2 { // what pools hold survives the first one
			if p.Pprof == "" {
				break
			}
			live, err := collected(ctx, p.Pprof)
			if err != nil {
				return nil, fmt.Errorf("the memory of %s: %w", p.Name, err)
			}
			m.Live = live
		}
		resident, _, err := p.Process.Memory()
		if err != nil {
			return nil, err
		}
		m.Resident = float64(resident)
		all[p.Name] = m
	}
	return all, nil
}

// collected has a process collect its garbage and returns what is live: heap and stacks.
// A process without profiles has 0.
func collected(ctx context.Context, addr string) (live float64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/debug/pprof/heap?gc=1&debug=1", nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil //nolint:nilerr // an older Parley has no profiles
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var n float64
		for _, name := range []string{"# HeapAlloc = ", "# Stack = "} {
			if strings.HasPrefix(lines.Text(), name) {
				if _, err := fmt.Sscanf(lines.Text(), name+"%g", &n); err != nil {
					return 0, err
				}
				live += n
			}
		}
	}
	return live, lines.Err()
}
