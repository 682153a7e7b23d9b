package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// version is that of the format. A folder of another one is not read.
const version = 1

const (
	manifestName = "export.json"
	filesFolder  = "files"
)

// Manifest says what is in a folder.
type Manifest struct {
	Version int         `json:"version"`
	Region  chat.Region `json:"region,omitempty"` // whose chats these are
	Began   time.Time   `json:"began"`            // the first try
	Ended   time.Time   `json:"ended,omitzero"`   // zero: not all is there yet
	// Highest is the highest sequence of an event, by how often its chat was moved to another region
	// (see bus.SeqClass). Whoever takes the events over gives out sequences above them only.
	Highest []uint64 `json:"highest"`
	Parts   []Part   `json:"parts"`

	// Before is how far the list of chats was gone through, and Since what was written after is
	// gone through next: where an export that was cut goes on.
	Before time.Time `json:"before,omitzero"`
	Since  time.Time `json:"since,omitzero"`
}

// Part is a file of records.
type Part struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in hexadecimal
	Events int    `json:"events"`
	Files  int    `json:"files"`
}

// Events returns how many events there are, and how many descriptions of files. What was said while
// the export was made may be there twice.
func (m *Manifest) Events() (events, files int) {
	for _, p := range m.Parts {
		events, files = events+p.Events, files+p.Files
	}
	return events, files
}

// Load reads the manifest of a folder, or returns an error that wraps fs.ErrNotExist if there is none.
func Load(folder string) (Manifest, error) {
	data, err := os.ReadFile(filepath.Join(folder, manifestName))
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fmt.Errorf("%s in %s can't be read: %w", manifestName, folder, err)
	}
	if m.Version == version && len(m.Highest) != 1+bus.MaxMoves {
		return Manifest{}, fmt.Errorf("%s in %s says nothing of its sequences", manifestName, folder)
	}
	if m.Version != version {
		return Manifest{}, fmt.Errorf("the export in %s is of format %d, and this version reads format %d", folder, m.Version, version)
	}
	return m, nil
}

// raise notes that there is an event of the sequence.
func (m *Manifest) raise(seq uint64) {
	highest := &m.Highest[bus.SeqClass(seq)]
	*highest = max(*highest, seq)
}

// save writes the manifest so that it is there whole, or as it was.
func (m *Manifest) save(folder string) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(folder, manifestName), append(data, '\n'))
}

// Check compares the parts with the manifest. The error names the first one that is not as it was
// written.
func (m *Manifest) Check(folder string) error {
	if m.Ended.IsZero() {
		return fmt.Errorf("the export in %s is not complete: run parley export again, which goes on where it ended", folder)
	}
	for _, p := range m.Parts {
		if err := p.check(folder); err != nil {
			return err
		}
	}
	return nil
}

func (p *Part) check(folder string) error {
	if p.Name != filepath.Base(p.Name) {
		return fmt.Errorf("the part %q is not in the folder of its export", p.Name)
	}
	f, err := os.Open(filepath.Join(folder, p.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the part %s of the export is missing", p.Name)
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	switch {
	case err != nil:
		return fmt.Errorf("read the part %s: %w", p.Name, err)
	case n < p.Bytes:
		return fmt.Errorf("the part %s of the export is cut: it has %d of %d bytes", p.Name, n, p.Bytes)
	case n != p.Bytes || hex.EncodeToString(sum.Sum(nil)) != p.SHA256:
		return fmt.Errorf("the part %s of the export was changed since it was written", p.Name)
	}
	return nil
}

// writeWhole writes a file that is there whole, or not at all, also after a power cut.
func writeWhole(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return place(f, path, err)
}

// place syncs and closes a temporary file and gives it its name, unless err says that it failed.
func place(f *os.File, path string, err error) error {
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
