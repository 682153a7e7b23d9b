package config

import (
	"reflect"
	"strings"
)

// Settings returns the names of all settings, in the order of Config.
func Settings() []string {
	var names []string
	for field := range reflect.TypeFor[Config]().Fields() {
		names = append(names, settingOf(field))
	}
	return names
}

// Default returns the default of a setting as it would be written in the
// environment; empty if it has none.
func Default(setting string) string {
	for field := range reflect.TypeFor[Config]().Fields() {
		if settingOf(field) == setting {
			return field.Tag.Get("envDefault")
		}
	}
	return ""
}

// Help returns in a few words what a setting is for: the beginning of its meaning in
// docs/settings.md, without marks.
func Help(setting string) string {
	for field := range reflect.TypeFor[Config]().Fields() {
		if settingOf(field) == setting {
			return field.Tag.Get("help")
		}
	}
	return ""
}

// settingOf returns the environment variable of a field of Config.
func settingOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
	return name
}
