package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// The files of a run's folder.
const (
	ClientsDir = "clients"
	HarmFile   = "harm.jsonl"
	HomesFile  = "homes.jsonl"
	StreamFile = "stream.jsonl"
	StoreFile  = "store.jsonl"
)

// Strangers begins the names of the clients of attackers.
const Strangers = "stranger-"

// Recorder writes the entries of one client. Its methods may be called
// concurrently.
type Recorder struct {
	client string
	began  time.Time

	mu   sync.Mutex // guards what follows
	file *os.File
	buf  *bufio.Writer
	err  error
}

// NewRecorder makes the file of a client. began is when the run did.
func NewRecorder(dir, client string, began time.Time) (*Recorder, error) {
	if err := os.MkdirAll(filepath.Join(dir, ClientsDir), 0o700); err != nil {
		return nil, fmt.Errorf("record %s: %w", client, err)
	}
	f, err := os.Create(filepath.Join(dir, ClientsDir, client+".jsonl"))
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", client, err)
	}
	return &Recorder{client: client, began: began, file: f, buf: bufio.NewWriterSize(f, 8<<10)}, nil
}

// Record adds an entry; At and Client are filled in. A failure to write is
// returned by Close.
func (r *Recorder) Record(e Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.At, e.Client = time.Since(r.began), r.client
	data, err := json.Marshal(e)
	if err == nil {
		_, err = r.buf.Write(append(data, '\n'))
	}
	r.err = errors.Join(r.err, err)
}

// Close writes what is left.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := errors.Join(r.err, r.buf.Flush(), r.file.Close()); err != nil {
		return fmt.Errorf("record %s: %w", r.client, err)
	}
	return nil
}

// Clients returns the entries of every client, by its name.
func Clients(dir string) (map[string][]Entry, error) {
	files, err := filepath.Glob(filepath.Join(dir, ClientsDir, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	all := map[string][]Entry{}
	for _, file := range files {
		entries, err := Read[Entry](file)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(file)
		all[name[:len(name)-len(".jsonl")]] = entries
	}
	return all, nil
}

// Read returns the lines of a file.
func Read[T any](file string) ([]T, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	defer func() { _ = f.Close() }()
	var all []T
	for d := json.NewDecoder(bufio.NewReaderSize(f, 64<<10)); ; {
		var line T
		err := d.Decode(&line)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the history %s: %w", file, err)
		}
		all = append(all, line)
	}
}

// Write writes the lines of a file.
func Write[T any](file string, lines []T) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write the history: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buf := bufio.NewWriterSize(f, 64<<10)
	enc := json.NewEncoder(buf)
	for _, line := range lines {
		if err := enc.Encode(line); err != nil {
			return fmt.Errorf("write the history %s: %w", file, err)
		}
	}
	return buf.Flush()
}
