package files

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// A line that brings nothing more ends an upload, and one that brings a little again and again does not.
func TestAnUploadEndsWithoutProgress(t *testing.T) {
	t.Parallel()
	got := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := newBody(w, r, 1000)
		b.silent = 500 * time.Millisecond
		if r.URL.Path == "/slow" {
			b.silent = time.Minute
		}
		_, err := io.Copy(io.Discard, b)
		got <- b.why(err)
	}))
	t.Cleanup(server.Close)
	begin := func(path string) net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", path); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	begin("/silent")
	if err := <-got; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
	if no := refusalOf(fmt.Errorf("store a file: %w", os.ErrDeadlineExceeded)); no.Code != "unavailable" || no.Retry == 0 {
		t.Errorf("its sender reads %+v", no)
	}
	if _, err := io.WriteString(begin("/slow"), " of it"); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Errorf("a slow one: %v", err)
	}
}
