package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// file is one file in memory, which is read when it is needed first: a bundle takes up to
// a tenth of a second to make.
type file struct {
	name, mime string
	content    func() (*content, error)
}

// content is what is in a file, plain and, once a browser asked for that, compressed.
type content struct {
	body         []byte
	gzipped      func() []byte // nil if it would save nothing
	etag, etagGz string        // strong, so one for each form
	inlined                    // of a page
}

// mimeTypes is the only table used: those of operating systems differ.
var mimeTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json", ".map": "application/json", ".webmanifest": "application/manifest+json",
	".txt": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8", "": "text/plain; charset=utf-8",
	".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav",
}

func lateFile(files fs.FS, name string) *file {
	f := &file{name: name, mime: mimeTypes[path.Ext(name)]}
	if f.mime == "" {
		f.mime = "application/octet-stream"
	}
	f.content = sync.OnceValues(func() (*content, error) {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		return makeContent(f.mime, body), nil
	})
	return f
}

// late is a file that is made of another one when it is needed first.
func late(f *file, of func(*content) (*content, error)) *file {
	return &file{name: f.name, mime: f.mime, content: sync.OnceValues(func() (*content, error) {
		c, err := f.content()
		if err != nil {
			return nil, err
		}
		return of(c)
	})}
}

func makeContent(mime string, body []byte) *content {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	c := &content{body: body, etag: `"` + tag + `"`, etagGz: `"` + tag + `-gz"`, gzipped: func() []byte { return nil }}
	if strings.HasPrefix(mime, "text/") || strings.HasPrefix(mime, "application/") || mime == "image/svg+xml" {
		// Not before it is asked for: to compress all files takes a tenth of a second, which
		// was a third of a start.
		c.gzipped = sync.OnceValue(func() []byte { return compress(body) })
	}
	return c
}

// compress returns nil if it would save less than a tenth. Writes to memory don't fail.
func compress(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level exists
	_, _ = z.Write(body)
	_ = z.Close()
	if b.Len() > len(body)*9/10 {
		return nil
	}
	return b.Bytes()
}

// serve writes the form that the browser accepts, or 304 if the browser has it.
func (f *content) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body, etag := f.body, f.etag
	if gzipped := f.gzipped(); gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			body, etag = gzipped, f.etagGz
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", etag)
	if holds(r.Header.Values("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // on an error the client is gone
	}
}

// acceptsGzip reads Accept-Encoding (RFC 9110): gzip, or a star, not at weight 0.
func acceptsGzip(values []string) bool {
	star := false
	for _, v := range strings.Split(strings.Join(values, ","), ",") {
		coding, params, _ := strings.Cut(v, ";")
		q, _ := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		takes := q == "" || err == nil && weight > 0
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return takes
		case "*":
			star = takes
		}
	}
	return star
}

// holds reports whether If-None-Match names the ETag, by weak comparison as RFC 9110
// requires here. Our tags contain no commas.
func holds(values []string, etag string) bool {
	tags := strings.Split(strings.Join(values, ","), ",")
	return slices.ContainsFunc(tags, func(tag string) bool {
		tag = strings.TrimSpace(tag)
		return tag == "*" || strings.TrimPrefix(tag, "W/") == etag
	})
}
