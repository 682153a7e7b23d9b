package chat

import (
	"slices"
	"strings"
	"testing"
)

func TestFilesAreBounded(t *testing.T) {
	t.Parallel()
	good := File{ID: strings.Repeat("a", FileIDLength), Name: "screenshot.png", Type: "image/png", Size: 1, Hash: "h"}
	with := func(change func(f *File)) []File {
		f := good
		change(&f)
		return []File{f}
	}
	for name, c := range map[string]struct {
		files []File
		ok    bool
	}{
		"one":                {[]File{good}, true},
		"as many as can be":  {slices.Repeat([]File{good}, MaxFiles), true},
		"no bytes":           {with(func(f *File) { f.Size = 0 }), false},
		"no name":            {with(func(f *File) { f.Name = "" }), false},
		"no kind":            {with(func(f *File) { f.Type = "" }), false},
		"no hash":            {with(func(f *File) { f.Hash = "" }), false},
		"a path for an id":   {with(func(f *File) { f.ID = "../../../../etc/passwd" }), false},
		"a short id":         {with(func(f *File) { f.ID = "a" }), false},
		"the longest name":   {with(func(f *File) { f.Name = strings.Repeat("ü", MaxFileName) }), true},
		"a longer name":      {with(func(f *File) { f.Name = strings.Repeat("n", MaxFileName+1) }), false},
		"a long description": {with(func(f *File) { f.Alt = strings.Repeat("n", MaxAlt+1) }), false},
		"many":               {slices.Repeat([]File{good}, MaxFiles+1), false},
	} {
		if err := (&Parts{Files: c.files}).CheckParts(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAListShowsTheNameOfAFileWithoutWords(t *testing.T) {
	files := &Parts{Files: []File{{Name: "bill.pdf"}, {Name: "b.png"}}}
	for _, c := range []struct {
		e    Event
		want string
	}{
		{Event{Kind: Message, Text: "see", Parts: files}, "see"},
		{Event{Kind: Message, Parts: files}, "bill.pdf"},
		{Event{Kind: Say, Parts: files}, "bill.pdf"},
		{Event{Kind: Message}, ""},
		{Event{Kind: Request, Request: Escalate, Text: "escalate"}, ""},
		{Event{Kind: StateChange, Text: "Grace is here."}, ""},
	} {
		if got := c.e.Words(); got != c.want {
			t.Errorf("%+v is shown as %q, not %q", c.e, got, c.want)
		}
	}
}
