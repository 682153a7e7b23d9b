package check

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// Run checks the history in a folder.
func Run(dir string, o Options) (Report, error) {
	stream, err := history.Read[history.Event](filepath.Join(dir, history.StreamFile))
	if err != nil {
		return Report{}, err
	}
	store, err := history.Read[history.Event](filepath.Join(dir, history.StoreFile))
	if err != nil {
		return Report{}, err
	}
	files, err := filepath.Glob(filepath.Join(dir, history.ClientsDir, "*.jsonl"))
	if err != nil {
		return Report{}, fmt.Errorf("list the clients of %s: %w", dir, err)
	}
	if len(files) == 0 {
		return Report{}, fmt.Errorf("check %s: no client left a history there", dir)
	}
	slices.Sort(files)
	h := History{Stream: stream, Store: store}
	h.Clients = func(yield func(string, []history.Entry) bool) {
		for _, file := range files {
			var entries []history.Entry
			if err != nil {
				return
			}
			if entries, err = history.Read[history.Entry](file); err != nil {
				return
			}
			if !yield(strings.TrimSuffix(filepath.Base(file), ".jsonl"), entries) {
				return
			}
		}
	}
	report := Check(h, o)
	if err != nil { // of a client's file: findings without it are worthless
		return Report{}, err
	}
	return report, nil
}
