package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// file is one file in memory, plain and compressed.
type file struct {
	name, mime    string
	body, gzipped []byte // gzipped is nil if it would save nothing
	etag, etagGz  string // strong, so one for each form
}

// mimeTypes is the only table used: those of operating systems differ.
var mimeTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json", ".webmanifest": "application/manifest+json",
	".txt": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8", "": "text/plain; charset=utf-8",
	".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff2": "font/woff2", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav",
}

func readFile(files fs.FS, name string) (*file, error) {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return makeFile(name, body)
}

func makeFile(name string, body []byte) (*file, error) {
	f := &file{name: name, mime: mimeTypes[path.Ext(name)], body: body}
	if f.mime == "" {
		f.mime = "application/octet-stream"
	}
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	f.etag, f.etagGz = `"`+tag+`"`, `"`+tag+`-gz"`
	if strings.HasPrefix(f.mime, "text/") || strings.HasPrefix(f.mime, "application/") || f.mime == "image/svg+xml" {
		var err error
		if f.gzipped, err = compress(body); err != nil {
			return nil, fmt.Errorf("compress %s: %w", name, err)
		}
	}
	return f, nil
}

// compress returns nil if it would save less than a tenth.
func compress(body []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if b.Len() > len(body)*9/10 {
		return nil, nil
	}
	return b.Bytes(), nil
}

// serve writes the form that the browser accepts, or 304 if the browser has it.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body, etag := f.body, f.etag
	if f.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			body, etag = f.gzipped, f.etagGz
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
