package check

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// write writes the run to a folder, as a real run does.
func (r *run) write(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, history.ClientsDir), 0o700); err != nil {
		t.Fatal(err)
	}
	errs := []error{
		history.Write(filepath.Join(dir, history.StreamFile), r.stream),
		history.Write(filepath.Join(dir, history.StoreFile), r.store),
	}
	for name, entries := range r.clients {
		errs = append(errs, history.Write(filepath.Join(dir, history.ClientsDir, name+".jsonl"), entries))
	}
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFolderIsCheckedLikeAHistoryInMemory(t *testing.T) {
	r, dir := good(), t.TempDir()
	lost := r.id(t, "m2").Seq
	r.store = without(r.store, lost)
	r.write(t, dir)
	report, err := Run(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := good().check(Options{}).Counts; report.Counts.Told != want.Told || report.Counts.Clients != want.Clients {
		t.Errorf("counts %+v, want %+v", report.Counts, want)
	}
	if len(report.Violations) != 1 || report.Violations[0].Rule != StoreLacks {
		t.Error(formatted(t, report))
	}
}

func TestAFolderThatIsNotWholeIsAnError(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"no store":         func(dir string) error { return os.Remove(filepath.Join(dir, history.StoreFile)) },
		"no clients":       func(dir string) error { return os.RemoveAll(filepath.Join(dir, history.ClientsDir)) },
		"half a client":    func(dir string) error { return os.Truncate(filepath.Join(dir, history.ClientsDir, "bob.jsonl"), 900) },
		"no stream at all": func(dir string) error { return os.Remove(filepath.Join(dir, history.StreamFile)) },
	} {
		dir := t.TempDir()
		good().write(t, dir)
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if report, err := Run(dir, Options{}); err == nil || len(report.Violations) != 0 {
			t.Errorf("%s: %v, %d violations", name, err, len(report.Violations))
		}
	}
}

// If the streams were purged, the store alone may hold the beginning of a chat, and
// only that.
func TestAPurgedStreamMayLackItsBeginning(t *testing.T) {
	r := good()
	from := r.id(t, "m4").Seq
	r.stream = slices.DeleteFunc(r.stream, func(e history.Event) bool { return e.Chat == chatA && e.Seq < from })
	if report := r.check(Options{Purged: true}); len(report.Violations) != 0 {
		t.Error(formatted(t, report))
	}
	if report := r.check(Options{}); len(report.Violations) != 1 || report.Violations[0].Rule != StreamLacks {
		t.Error(formatted(t, report))
	}
	r.stream = without(r.stream, r.id(t, "m6").Seq)
	if report := r.check(Options{Purged: true}); len(report.Violations) != 1 || report.Violations[0].Times != 1 {
		t.Error(formatted(t, report))
	}
}

// A single cause that breaks a rule repeatedly is one violation.
func TestViolationsOfAChatAreCounted(t *testing.T) {
	r := good()
	r.store = slices.DeleteFunc(r.store, func(e history.Event) bool { return e.Chat == chatA })
	report := r.check(Options{})
	if len(report.Violations) != 1 || report.Violations[0].Times != 27 {
		t.Error(formatted(t, report))
	}
}
