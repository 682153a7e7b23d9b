package files

import (
	"cmp"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/parley-chat/parley/pkg/chat"
)

// maxExtension is how many characters of a name that is too long are kept as its extension.
const maxExtension = 16

// CleanName makes what a sender calls a file fit to be shown in a sentence and offered for saving:
// the last part of a path, on one line, without what nobody sees or what turns the direction of
// the characters around it, of at most chat.MaxFileName characters with its extension. What
// nothing is left of gets a name by its media type and that type's extension, and what a computer
// would run by the end of its name gets that extension behind it.
func CleanName(name, mediaType, extension string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Join(strings.FieldsFunc(strings.Map(inName, name), unicode.IsSpace), " ")
	name = strings.TrimFunc(name, func(r rune) bool { return r == '.' || r == ' ' || isJoiner(r) })
	if !strings.ContainsFunc(name, isShown) {
		return noName(mediaType) + extension
	}
	if end := strings.ToLower(path.Ext(name)); runs[end] && end != extension {
		name += cmp.Or(extension, ".bin")
	}
	return shortened(name)
}

// runs are the ends of names of what common systems run, or show with its scripts, when it is opened.
var runs = func() map[string]bool {
	all := map[string]bool{}
	for end := range strings.FieldsSeq("app bat chm cmd com command cpl desktop dll exe gadget hta htm html img inf iso jar js jse lnk mht mhtml msc msh msi msp pif ps1 ps1xml ps2 psc1 psm1 py reg scr sct sh shtml svg svgz url vbe vbs ws wsc wsf wsh xhtml xht") {
		all["."+end] = true
	}
	return all
}()

// inName drops a character that has no place in a name.
func inName(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case isJoiner(r): // emoji and several scripts are written with them
		return r
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp), isFiller(r), r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		return -1
	}
	return r
}

func isJoiner(r rune) bool { return r == 0x200c || r == 0x200d }

// isFiller reports whether a letter is drawn as nothing.
func isFiller(r rune) bool {
	return r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0 || r == 0x2800
}

func isShown(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) }

// shortened cuts a name that is too long, and keeps its extension.
func shortened(name string) string {
	if utf8.RuneCountInString(name) <= chat.MaxFileName {
		return name
	}
	extension := path.Ext(name)
	if n := utf8.RuneCountInString(extension); n < 2 || n > maxExtension {
		extension = ""
	}
	stem := []rune(strings.TrimSuffix(name, extension))
	most := chat.MaxFileName - utf8.RuneCountInString(extension) - 1
	return strings.TrimRight(string(stem[:min(most, len(stem))]), " .") + "…" + extension
}

// noName is what a file without a name is called.
func noName(mediaType string) string {
	switch kind, _, _ := strings.Cut(mediaType, "/"); kind {
	case "image":
		return "picture"
	case "audio":
		return "recording"
	case "video":
		return "video"
	}
	return "file"
}
