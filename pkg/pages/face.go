package pages

import (
	"bytes"
	"html"
)

// faceMark is where a page holds its face (see web/shared/face.js), which is empty in the
// files.
const faceMark = `<meta name="face" content="`

// faced writes a face, as JSON, into a page that shows it. The page's scripts read it
// there, so it is known before the first paint and can't be taken for HTML.
func faced(page *file, face []byte) *file {
	if len(face) == 0 {
		return page
	}
	return late(page, func(c *content) (*content, error) {
		worn := makeContent(page.mime, bytes.Replace(c.body, []byte(faceMark+"{}"), []byte(faceMark+html.EscapeString(string(face))), 1))
		worn.inlined = c.inlined
		return worn, nil
	})
}
