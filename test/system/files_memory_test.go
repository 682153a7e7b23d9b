package system_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// Fifty uploads over slow lines, each of which has brought two and a half megabytes and brings no more for
// now: a gateway that held files in memory would hold 125. What is measured is the whole
// process, the server of NATS with its caches included.
func TestFiftySlowUploadsAreNotHeldInMemory(t *testing.T) {
	const uploads, each = 50, 2_500_000
	s := newSystem(t)
	s.history()
	g := s.gateway(takesFiles, func(o *gateway.Options) {
		o.Files.Size = 10_000_000
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	files := s.filesOf(t)
	part := bytes.Repeat([]byte("words "), each/6)
	before := heap()
	for i := range uploads {
		from := fmt.Sprintf("10.%d.0.1", i)
		v := talktest.DialFrom(t, g.url, from).Hello("Ada", talk.Secret(), 0)
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if _, err := fmt.Fprintf(conn, "POST /api/files/%s/%s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nAuthorization: Bearer %s\r\nContent-Length: 9000000\r\n\r\n", v.Chat, fileID(), from, v.Token); err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.Copy(conn, bytes.NewReader(part)) }()
	}
	bustest.Eventually(t, "all to have brought their part", func() bool {
		used, err := files.Used(t.Context())
		return err == nil && used > uploads*(each-2*128<<10)
	})
	grown := heap() - before
	t.Logf("with %d uploads that brought %d MB, the heap has grown by %.1f MB", uploads, uploads*each/1_000_000, float64(grown)/1e6)
	if grown > uploads*each/3 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
	if got := ask(t, http.MethodGet, g.url+"/api/config", nil, nil); got.Status != http.StatusOK {
		t.Errorf("beside them: %d", got.Status)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
