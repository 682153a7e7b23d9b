package settings_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/settings"
)

func TestGoodSettingsAreKeptClean(t *testing.T) {
	got, err := settings.Check(settings.Settings{
		Title: "  Ada's \u0007Shop ", Greeting: "Hi <b>you</b>!\r\nAsk away.", Bot: "Lumi 👩\u200d💻", Starters: []string{"Where is my order?", " ", "Where is  my order?"},
		Accent: "#0A7D55", Theme: "system", Launcher: settings.Launcher{Icon: "heart", Side: "right"}, AskName: "first", Privacy: "https://shop.example/privacy",
		Texts: map[string]string{"after": "", "placeholder": "Ask Ada"}, Tags: map[string]string{" refund ": "red"},
	})
	want := settings.Settings{
		Title: "Ada's Shop", Greeting: "Hi <b>you</b>!\nAsk away.", Bot: "Lumi 👩\u200d💻", Starters: []string{"Where is my order?"},
		Accent: "#0a7d55", Launcher: settings.Launcher{Icon: "heart"}, Privacy: "https://shop.example/privacy", Texts: map[string]string{"placeholder": "Ask Ada"}, Tags: map[string]string{"refund": "red"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
}

func TestABadSettingIsRefusedWithASentence(t *testing.T) {
	long := strings.Repeat("é", 301)
	many := map[string]string{}
	for i := range 10_000 {
		many[fmt.Sprint(i)] = "red"
	}
	for name, c := range map[string]struct {
		field string
		s     settings.Settings
	}{
		"a long title":         {"title", settings.Settings{Title: long[:2*61]}},
		"a long greeting":      {"greeting", settings.Settings{Greeting: long}},
		"a greeting of bytes":  {"greeting", settings.Settings{Greeting: "\xff"}},
		"a name nobody sees":   {"bot", settings.Settings{Bot: "\u200d\u2060"}},
		"a long name":          {"bot", settings.Settings{Bot: long[:2*65]}},
		"ten starters":         {"starters", settings.Settings{Starters: strings.Split("a b c d e f g h i j", " ")}},
		"a long starter":       {"starters", settings.Settings{Starters: []string{long[:2*81]}}},
		"a color's name":       {"accent", settings.Settings{Accent: "red"}},
		"a color with more":    {"accent", settings.Settings{Accent: "#0a7d55;background:url(x)"}},
		"a theme":              {"theme", settings.Settings{Theme: "sepia"}},
		"an icon":              {"launcher", settings.Settings{Launcher: settings.Launcher{Icon: "skull"}}},
		"a side":               {"launcher", settings.Settings{Launcher: settings.Launcher{Side: "top"}}},
		"when a name is asked": {"ask_name", settings.Settings{AskName: "never"}},
		"a script's address":   {"privacy", settings.Settings{Privacy: "javascript:alert(1)"}},
		"an address without":   {"privacy", settings.Settings{Privacy: "https://"}},
		"an address and words": {"privacy", settings.Settings{Privacy: "https://shop.example/ and more"}},
		"an unknown text":      {"texts", settings.Settings{Texts: map[string]string{"footer": "x"}}},
		"a tag's color":        {"tags", settings.Settings{Tags: map[string]string{"x": "#ff0000"}}},
		"a long tag":           {"tags", settings.Settings{Tags: map[string]string{long: "red"}}},
		"an unseen tag":        {"tags", settings.Settings{Tags: map[string]string{"\u200d": "red"}}},
		"one tag twice":        {"tags", settings.Settings{Tags: map[string]string{"VIP": "red", "vip": "blue"}}},
		"many tags":            {"tags", settings.Settings{Tags: many}},
		"a long text":          {"texts", settings.Settings{Texts: map[string]string{"after": long}}},
	} {
		_, err := settings.Check(c.s)
		var wrong settings.Problems
		if !errors.As(err, &wrong) || !slices.Equal(slices.Collect(maps.Keys(wrong)), []string{c.field}) || !strings.HasSuffix(err.Error(), ".") {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func pixels(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 3)
	}
	m.Set(0, 0, color.White)
	return m
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAPictureIsWrittenAnew(t *testing.T) {
	small := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, pixels(64, 32)) })
	for name, c := range map[string]struct {
		data []byte
		kind string
	}{
		"PNG":              {small, "image/png"},
		"PNG with a page":  {append(slices.Clone(small), "<script>alert(1)</script>"...), "image/png"},
		"JPEG":             {encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, pixels(64, 64), nil) }), "image/jpeg"},
		"GIF, as a still":  {encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, pixels(64, 64), nil) }), "image/png"},
		"one pixel only":   {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, pixels(1, 1)) }), "image/png"},
		"the largest size": {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 512, 512))) }), "image/png"},
	} {
		p, err := settings.ReadPicture("logo", c.data)
		if err != nil || p.Type != c.kind || bytes.Contains(p.Data, []byte("script")) || !strings.HasSuffix(p.Address("logo"), "?v="+p.Hash) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestWhatIsNoPictureIsRefusedWithASentence(t *testing.T) {
	small := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, pixels(64, 64)) })
	huge := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 513, 8))) })
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"SVG":           {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "SVG"},
		"SVG, declared": {[]byte("\ufeff<?xml version=\"1.0\"?><!-- x --><svg/>"), "SVG"},
		"a page":        {[]byte("<html>"), "not a picture"},
		"nothing":       {nil, "not a picture"},
		"half of one":   {small[:len(small)/2], "damaged"},
		"a wide one":    {huge, "513 × 8"},
		"a large file":  {make([]byte, settings.MaxPicture+1), "at most 200 KB"},
	} {
		if _, err := settings.ReadPicture("logo", c.data); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEverySettingIsCompared(t *testing.T) {
	var all settings.Settings
	value := reflect.ValueOf(&all).Elem()
	for i := range value.NumField() {
		one := settings.Settings{}
		field := reflect.ValueOf(&one).Elem().Field(i)
		switch field.Interface().(type) {
		case string:
			field.SetString("x")
		case bool:
			field.SetBool(true)
		case []string:
			field.Set(reflect.ValueOf([]string{"x"}))
		case map[string]string:
			field.Set(reflect.ValueOf(map[string]string{"x": "y"}))
		case *settings.Picture:
			field.Set(reflect.ValueOf(&settings.Picture{Hash: "x"}))
		case settings.Launcher:
			field.Set(reflect.ValueOf(settings.Launcher{Side: "left"}))
		default:
			t.Fatalf("%s has a type that this test does not know", value.Type().Field(i).Name)
		}
		name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		if got := settings.Changed(settings.Settings{}, one); !slices.Equal(got, []string{name}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := settings.Changed(all, all); len(got) > 0 {
		t.Errorf("nothing changed, and %v is named", got)
	}
}
