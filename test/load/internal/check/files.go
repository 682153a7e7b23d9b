package check

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// optional reads a file that not every run leaves.
func optional[T any](dir, name string) ([]T, error) {
	all, err := history.Read[T](filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}

// readHomes returns the homes of chats that were moved, in order.
func readHomes(dir string) (map[string][]string, error) {
	all, err := optional[history.Moved](dir, history.HomesFile)
	homes := map[string][]string{}
	for _, m := range all {
		homes[m.Chat] = m.Path
	}
	return homes, err
}

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
	if o.Homes, err = readHomes(dir); err != nil {
		return Report{}, err
	}
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
	if o.Teams, err = optional[history.Teams](dir, history.TeamsFile); err != nil {
		return Report{}, err
	}
	if o.Audit, err = optional[history.AuditLine](dir, history.AuditFile); err != nil {
		return Report{}, err
	}
	if o.Harms, err = optional[history.Harm](dir, history.HarmFile); err != nil {
		return Report{}, err
	}
	if o.Fetched, err = readFetched(dir); err != nil {
		return Report{}, err
	}
	report := Check(h, o)
	if err != nil { // of a client's file: findings without it are worthless
		return Report{}, err
	}
	return report, nil
}
