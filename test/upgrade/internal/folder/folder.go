// Package folder is what the test of upgrades and the command that writes its data share:
// the program on a folder of data, and what is recorded of it.
package folder

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/internal/ports"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/wait"
)

// Password is that of the user admin.
const Password = "correct horse battery"

// limit is how long the program may take to start or to end.
const limit = 3 * time.Minute

// ever is a hundred years.
const ever = "876000h"

// The names of the files in a folder of testdata.
const (
	data   = "data.tar.gz"
	record = "chats.json"
)

// Chat is what is known of a chat in the data.
type Chat struct {
	ID     string
	Name   string // of the visitor
	Token  string // the secret of the visitor's browser, which never expires
	Status string
	Events []Event // that the visitor sees
	Note   string  // an agent's, which only agents see; may be empty
}

// Event is what somebody sees of an event. ID is the client's, for what the visitor sent.
type Event struct {
	Seq            uint64
	Kind, Text, ID string `json:",omitempty"`
}

// Event returns what the record has of a frame.
func (c Chat) Event(f talk.Frame) Event {
	e := Event{Seq: f.Seq, Kind: f.Kind, Text: f.Text}
	if f.From.Role == "visitor" {
		e.ID = f.ID
	}
	return e
}

// Build builds the program into a folder and returns its path. source is the repository's
// folder.
func Build(ctx context.Context, source, into string) (string, error) {
	path := filepath.Join(into, "parley")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, ".")
	cmd.Dir = source
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build parley: %w\n%s", err, out)
	}
	return path, nil
}

// Start runs all roles of the program on a folder of data, and returns the address when
// they are ready. stop ends it, in good order.
func Start(ctx context.Context, program, dir string) (url string, stop func() error, err error) {
	addr, err := ports.Address()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = limit
	cmd.Env = []string{
		"ADDR=" + addr, "DATA_DIR=" + dir, "STREAMS=2", "NATS_SYNC=100ms", "ADMIN_PASSWORD=" + Password, "LOG_LEVEL=warn", "RATE_PER_ADDRESS=10000",
		// However long ago the data was written, nobody has waited for too long.
		"WAIT_LIMIT=" + ever, "ANSWER_LIMIT=" + ever, "IDLE_LIMIT=" + ever,
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	ended := make(chan error, 1)
	starting, failed := context.WithCancel(ctx)
	defer failed()
	go func() { ended <- cmd.Wait(); failed() }()
	stop = func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		return <-ended
	}
	url = "http://" + addr
	err = wait.Until(starting, limit, "parley is ready", func(ctx context.Context) string {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
		if err != nil {
			return err.Error()
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err.Error()
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			return resp.Status
		}
		return ""
	})
	if err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return url, stop, nil
}

// Visit connects a visitor who has the token to the gateway, and returns when the chat is
// seen up to its end, as it was then.
func Visit(ctx context.Context, url, name, token string) (*talk.Client, talk.Frame, error) {
	s, err := talk.Dial(ctx, url, nil)
	if err != nil {
		return nil, talk.Frame{}, err
	}
	c := talk.Listen(s)
	welcome, err := c.Do(ctx, map[string]any{"t": "hello", "name": name, "token": token, "since": 0})
	if err == nil && welcome.T != "welcome" {
		err = fmt.Errorf("%s is answered by a %s: %s", name, welcome.T, welcome.Message)
	}
	if err == nil && welcome.Seq > 0 {
		_, err = c.Await(ctx, "the chat's last event", func(f talk.Frame) bool { return f.T == "event" && f.Seq >= welcome.Seq })
	}
	if err != nil {
		c.Close()
		return nil, talk.Frame{}, err
	}
	return c, welcome, nil
}

// Write packs the data, and writes down what it holds, into a folder of testdata.
func Write(to, dir string, chats []Chat) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	b, err := json.MarshalIndent(chats, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, record), append(b, '\n'), 0o644); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(to, data))
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	err = t.AddFS(os.DirFS(dir))
	return errors.Join(err, t.Close(), z.Close(), f.Close())
}

// Read unpacks the data of a folder of testdata, and returns what it holds.
func Read(from, dir string) (chats []Chat, err error) {
	b, err := os.ReadFile(filepath.Join(from, record))
	if err == nil {
		err = json.Unmarshal(b, &chats)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(from, data))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return chats, nil
		}
		if err != nil {
			return nil, err
		}
		if err := unpack(dir, h, t); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", h.Name, err)
		}
	}
}

func unpack(dir string, h *tar.Header, content io.Reader) error {
	if !fs.ValidPath(filepath.Clean(h.Name)) {
		return errors.New("not within the folder")
	}
	path := filepath.Join(dir, h.Name)
	if h.FileInfo().IsDir() {
		return os.MkdirAll(path, 0o700)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
