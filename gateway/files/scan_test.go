package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// daemon answers as clamd does, on a connection whose file was read, and returns its address.
func daemon(t *testing.T, most int, answer func(file []byte) string) Scanner {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clamd.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				command := make([]byte, len("zINSTREAM\x00"))
				if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
					return
				}
				var file []byte
				for n := uint32(1); n > 0; {
					if binary.Read(conn, binary.BigEndian, &n) != nil {
						return
					}
					piece := make([]byte, n)
					if _, err := io.ReadFull(conn, piece); err != nil {
						return
					}
					if file = append(file, piece...); len(file) > most {
						_, _ = io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
						return
					}
				}
				_, _ = io.WriteString(conn, answer(file))
			}()
		}
	}()
	s, err := ParseScanner("clamd://" + path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestClamdIsAsked(t *testing.T) {
	t.Parallel()
	file := bytes.Repeat([]byte("all is well. "), 20_000)
	var seen []byte
	s := daemon(t, 1<<20, func(got []byte) string {
		seen = got
		switch {
		case bytes.Contains(got, []byte("EICAR")):
			return "stream: Win.Test.EICAR_HDB-1 FOUND\x00"
		case bytes.Contains(got, []byte("silent")):
			return ""
		}
		return "stream: OK\x00"
	})
	if found, err := s.Scan(t.Context(), bytes.NewReader(file)); found || err != nil || !bytes.Equal(seen, file) {
		t.Errorf("a good file: %v, %v; it got %d bytes of %d", found, err, len(seen), len(file))
	}
	if found, err := s.Scan(t.Context(), strings.NewReader("EICAR")); !found || err != nil {
		t.Errorf("a bad file: %v, %v", found, err)
	}
	for name, c := range map[string]struct {
		s    Scanner
		file io.Reader
	}{
		"one that says nothing":     {s, strings.NewReader("silent")},
		"a file that is too long":   {daemon(t, 10, nil), bytes.NewReader(file)},
		"a file that can't be read": {s, io.MultiReader(strings.NewReader("EI"), iotest.ErrReader(errors.New("cut")))},
		"one that is not there":     {clamd{"unix", filepath.Join(t.TempDir(), "none")}, strings.NewReader("x")},
	} {
		if found, err := c.s.Scan(t.Context(), c.file); found || err == nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

func TestACommandIsAsked(t *testing.T) {
	t.Parallel()
	run := func(command string, file io.Reader) (bool, error) {
		t.Helper()
		s, err := ParseScanner("exec:" + command)
		if err != nil {
			t.Fatal(err)
		}
		return s.Scan(t.Context(), file)
	}
	// cmp ends with 0 for the same bytes, with 1 for others.
	if found, err := run("cmp -s - /dev/null", strings.NewReader("")); found || err != nil {
		t.Errorf("a good file: %v, %v", found, err)
	}
	if found, err := run("cmp -s - /dev/null", strings.NewReader("x")); !found || err != nil {
		t.Errorf("a bad file: %v, %v", found, err)
	}
	if found, err := run("cmp -s - /does/not/exist", strings.NewReader("x")); found || err == nil {
		t.Errorf("a command that fails: %v, %v", found, err)
	}
	if found, err := run("/does/not/exist", strings.NewReader("x")); found || err == nil {
		t.Errorf("no command: %v, %v", found, err)
	}
	if found, err := run("cmp -s - /dev/null", iotest.ErrReader(errors.New("cut"))); found || err == nil {
		t.Errorf("a file that can't be read: %v, %v", found, err)
	}
	if s, err := ParseScanner(""); s != nil || err != nil {
		t.Errorf("no scanner: %v, %v", s, err)
	}
}
