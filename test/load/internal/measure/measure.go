// Package measure reads the metrics of processes and sums figures up.
package measure

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
)

// Files lets this process, and those that it starts, have n files open. It raises the
// limits itself as far as it may; the error is a sentence that says what else to do.
func Files(n uint64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &now); err != nil {
		return fmt.Errorf("ask for the limit of open files: %w", err)
	}
	if now.Cur >= n && now.Max >= n {
		return nil
	}
	want := syscall.Rlimit{Cur: n, Max: max(n, now.Max)}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &want); err != nil {
		return fmt.Errorf("%d open files are needed, and this user may have %d: raise the hard limit (as root: ulimit -Hn %d, or nofile in /etc/security/limits.conf and a new login), or ask for fewer sockets", n, now.Max, n)
	}
	return nil
}

// Metrics reads the sums over all labels of each metric that a gateway exposes.
func Metrics(ctx context.Context, base string) (map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read the metrics: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	all := map[string]float64{}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		name, _, _ = strings.Cut(name, "{")
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			all[name] += v
		}
	}
	return all, lines.Err()
}

// RSS returns the resident memory of a process in bytes, as the kernel counts it.
func RSS(pid int) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(data)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 64)
			return n * 1024, err
		}
	}
	return 0, fmt.Errorf("process %d has no VmRSS", pid)
}

// Quantile returns the smallest value that at least the share q of all values does not
// exceed. It sorts them.
func Quantile[T cmp.Ordered](values []T, q float64) T {
	var zero T
	if len(values) == 0 {
		return zero
	}
	slices.Sort(values)
	return values[min(len(values)-1, int(q*float64(len(values))))]
}

// Folder returns the absolute path of an empty folder for a run: dir, which is made if
// it does not exist, or a temporary one of that name if dir is "".
func Folder(dir, name string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", name)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder: %w", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		return "", fmt.Errorf("the folder %s must be empty", dir)
	}
	return filepath.Abs(dir)
}

// Table prints rows whose cells are separated by tabs.
func Table(out io.Writer, rows ...string) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		_, _ = fmt.Fprintln(w, r)
	}
	_ = w.Flush()
}
