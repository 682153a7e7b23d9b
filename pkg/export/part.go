package export

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// partWriter writes one part. Its methods may not be called concurrently.
type partWriter struct {
	Part
	path string
	file *os.File
	sum  hash.Hash
	to   *bufio.Writer
}

func newPart(folder, name string) (*partWriter, error) {
	f, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return nil, err
	}
	p := &partWriter{Part: Part{Name: name}, path: filepath.Join(folder, name), file: f, sum: sha256.New()}
	p.to = bufio.NewWriterSize(io.MultiWriter(f, p.sum), 1<<16)
	return p, nil
}

func (p *partWriter) write(r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode a record: %w", err)
	}
	switch {
	case r.Event != nil:
		p.Events++
	case r.File != nil:
		p.Files++
	}
	n, err := p.to.Write(append(line, '\n'))
	p.Bytes += int64(n)
	return err
}

// end completes the part on the disk.
func (p *partWriter) end() (Part, error) {
	err := place(p.file, p.path, p.to.Flush())
	p.SHA256 = hex.EncodeToString(p.sum.Sum(nil))
	return p.Part, err
}

// drop removes what was written.
func (p *partWriter) drop() {
	_ = p.file.Close()
	_ = os.Remove(p.file.Name())
}

// readPart calls f with each record of a part that was checked.
func readPart(folder string, p Part, f func(record) error) error {
	file, err := os.Open(filepath.Join(folder, p.Name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	lines := json.NewDecoder(bufio.NewReaderSize(file, 1<<16))
	for {
		var r record
		if err := lines.Decode(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the part %s: %w", p.Name, err)
		}
		if err := f(r); err != nil {
			return err
		}
	}
}
