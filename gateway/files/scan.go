package files

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os/exec"
	"strings"
	"time"
)

// Scanner looks at files before anybody gets them. It may be called concurrently.
type Scanner interface {
	// Scan reads a file. found is true if it must not be given to anybody; an error says that
	// this could not be found out now.
	Scan(ctx context.Context, file io.Reader) (found bool, err error)
}

// scanTime is how long a scan may take, with all that the scanner reads.
const scanTime = time.Minute

// ParseScanner returns the scanner that FILE_SCAN names; nil if it is empty. The setting's rule
// has judged it.
func ParseScanner(setting string) (Scanner, error) {
	if setting == "" {
		return nil, nil
	}
	if command, ok := strings.CutPrefix(setting, "exec:"); ok {
		return commandScanner(strings.Fields(command)), nil
	}
	u, err := url.Parse(setting)
	if err != nil || u.Scheme != "clamd" {
		return nil, errors.New("FILE_SCAN names no scanner")
	}
	if u.Host == "" {
		return clamd{"unix", u.Path}, nil
	}
	return clamd{"tcp", u.Host}, nil
}

// scannerDownError is why a file could not be scanned.
type scannerDownError struct{ why error }

func (e *scannerDownError) Error() string { return "scan a file: " + e.why.Error() }

// Unwrap returns what failed.
func (e *scannerDownError) Unwrap() error { return e.why }

// commandScanner runs a command for each file, which it reads from its standard input. It ends with
// 0 if the file can be given out, and with 1 if not.
type commandScanner []string

// Scan implements Scanner.
func (c commandScanner) Scan(ctx context.Context, file io.Reader) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	if len(c) == 0 {
		return false, errors.New("no command")
	}
	from := &noting{Reader: file}
	cmd := exec.CommandContext(ctx, c[0], c[1:]...)
	cmd.Stdin = from
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case from.err != nil: // it has seen a part
		return false, from.err
	case err == nil:
		return false, nil
	case ended && exit.ExitCode() == 1:
		return true, nil
	}
	return false, fmt.Errorf("run %s: %w", c[0], cmp.Or(ctx.Err(), err))
}

// noting keeps what reading failed with.
type noting struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (r *noting) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// clamd is ClamAV's daemon at an address.
type clamd struct{ network, address string }

const (
	// clamdPiece is how much of a file goes to clamd at once, clamdAnswer how long its answer is at most.
	clamdPiece  = 64 << 10
	clamdAnswer = 4 << 10
)

// Scan implements Scanner, by the command INSTREAM.
func (c clamd) Scan(ctx context.Context, file io.Reader) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return false, fmt.Errorf("reach clamd: %w", err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	from := &noting{Reader: file}
	sent := c.send(conn, from)
	if from.err != nil {
		return false, from.err
	}
	// It answers and ends the connection if a file is longer than it takes: what it says counts more
	// than that the rest could not be sent.
	answer, err := io.ReadAll(io.LimitReader(conn, clamdAnswer))
	verdict := strings.TrimSpace(string(bytes.TrimRight(answer, "\x00")))
	switch {
	case strings.HasSuffix(verdict, " FOUND"):
		return true, nil
	case sent == nil && verdict == "stream: OK":
		return false, nil
	case verdict != "":
		return false, fmt.Errorf("clamd says %q", verdict)
	}
	return false, fmt.Errorf("ask clamd: %w", cmp.Or(ctx.Err(), sent, err, io.ErrUnexpectedEOF))
}

// send sends a file in pieces, each with its length, and one of no length at the end.
func (c clamd) send(conn io.Writer, file io.Reader) error {
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	piece := make([]byte, 4+clamdPiece)
	for {
		n, err := io.ReadFull(file, piece[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(piece, uint32(n))
			if _, err := conn.Write(piece[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			_, err = conn.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return err
		}
	}
}
