package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"
)

// Base is where the API lives on the site.
const Base = "/api/v1"

// Document gives the OpenAPI document as JSON. It is made once of the table of operations.
func Document() ([]byte, error) { return document() }

var document = sync.OnceValues(func() ([]byte, error) {
	doc, err := describe(Operations)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(doc, "", " ")
})

// describe makes the document of a table of operations.
func describe(ops []Operation) (*openapi3.T, error) {
	doc := &openapi3.T{
		OpenAPI: "3.0.3",
		Info: &openapi3.Info{Title: "Clearday", Version: "1", Description: "The record of a public partnership: boards, meetings, papers, questions. " +
			"Reading needs nothing and is open to other origins. Writing needs Authorization: Bearer TOKEN. Times are RFC 3339 with an offset."},
		Servers: openapi3.Servers{{URL: Base}},
		Paths:   openapi3.NewPaths(),
		Components: &openapi3.Components{
			Schemas:         openapi3.Schemas{},
			SecuritySchemes: openapi3.SecuritySchemes{"token": {Value: openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer")}},
		},
	}
	g := openapi3gen.NewGenerator(
		openapi3gen.CreateComponentSchemas(openapi3gen.ExportComponentSchemasOptions{ExportComponentSchemas: true, ExportTopLevelSchema: true, ExportGenerics: true}),
		openapi3gen.CreateTypeNameGenerator(schemaName),
		openapi3gen.SchemaCustomizer(customise),
	)
	problem, err := g.NewSchemaRefForValue(Problem{}, doc.Components.Schemas)
	if err != nil {
		return nil, fmt.Errorf("describing an error: %w", err)
	}
	for _, op := range ops {
		o, err := op.describe(g, doc.Components.Schemas, problem)
		if err != nil {
			return nil, fmt.Errorf("describing %s %s: %w", op.Method, op.Path, err)
		}
		doc.AddOperation(op.Path, op.Method, o)
	}
	return doc, nil
}

var param = regexp.MustCompile(`\{(\w+)\}`)

func (op Operation) describe(g *openapi3gen.Generator, schemas openapi3.Schemas, problem *openapi3.SchemaRef) (*openapi3.Operation, error) {
	o := openapi3.NewOperation()
	o.Summary = op.Summary
	o.OperationID = strings.ToLower(op.Method) + strings.NewReplacer("/", "_", "{", "", "}", "", ".", "_").Replace(op.Path)
	for _, m := range param.FindAllStringSubmatch(op.Path, -1) {
		o.AddParameter(openapi3.NewPathParameter(m[1]).WithSchema(openapi3.NewStringSchema()))
	}
	for _, q := range op.Query {
		schema := openapi3.NewStringSchema()
		if q.Many {
			schema = openapi3.NewArraySchema().WithItems(openapi3.NewStringSchema())
		}
		o.AddParameter(openapi3.NewQueryParameter(q.Name).WithDescription(q.Doc).WithSchema(schema))
	}
	if op.Role != "" {
		o.Description = "Needs the token of the role " + op.Role + ", or of one that may do more."
		o.Security = openapi3.NewSecurityRequirements().With(openapi3.NewSecurityRequirement().Authenticate("token"))
	}
	body, err := op.body(g, schemas)
	if err != nil {
		return nil, err
	}
	o.RequestBody = body
	answer, err := g.NewSchemaRefForValue(op.Answer, schemas)
	if err != nil {
		return nil, err
	}
	o.Responses = openapi3.NewResponses(
		openapi3.WithStatus(op.Status, &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription(op.Summary).WithJSONSchemaRef(answer)}),
		openapi3.WithName("default", openapi3.NewResponse().WithDescription("What went wrong, and what to do").
			WithContent(openapi3.NewContentWithSchemaRef(problem, []string{"application/problem+json"}))),
	)
	return o, nil
}

func (op Operation) body(g *openapi3gen.Generator, schemas openapi3.Schemas) (*openapi3.RequestBodyRef, error) {
	if op.Form != nil {
		form := openapi3.NewObjectSchema()
		for _, f := range op.Form {
			schema := openapi3.NewStringSchema()
			schema.Description = f.Doc
			if f.Name == "file" {
				schema.Format = "binary"
			}
			form.WithProperty(f.Name, schema)
			if f.Need {
				form.Required = append(form.Required, f.Name)
			}
		}
		return &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithRequired(true).WithContent(openapi3.NewContentWithFormDataSchema(form))}, nil
	}
	if op.Body == nil {
		return nil, nil
	}
	schema, err := g.NewSchemaRefForValue(op.Body, schemas)
	if err != nil {
		return nil, err
	}
	optional := false
	switch op.Body.(type) {
	case When, WhenMeeting, Announcement:
		optional = true
	}
	in := openapi3.NewRequestBody().WithRequired(!optional).WithJSONSchemaRef(schema)
	if op.Plain {
		in.Content["text/plain"] = openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema())
	}
	return &openapi3.RequestBodyRef{Value: in}, nil
}

// schemaName names the schema of a type: Meeting, ListOfMeeting.
func schemaName(t reflect.Type) string {
	name, of, generic := strings.Cut(t.Name(), "[")
	if !generic {
		return name
	}
	of = strings.TrimSuffix(of, "]")
	return name + "Of" + of[strings.LastIndex(of, ".")+1:]
}

// customise adds to a schema what the tags of its field and of its own fields say.
func customise(_ string, t reflect.Type, tag reflect.StructTag, schema *openapi3.Schema) error {
	if t.Kind() == reflect.Struct && schema.Properties != nil {
		schema.Required = required(t)
		return nil
	}
	if doc := tag.Get("doc"); doc != "" {
		schema.Description = doc
	}
	if values := tag.Get("enum"); values != "" && t.Kind() == reflect.String {
		for v := range strings.SplitSeq(values, ",") {
			schema.Enum = append(schema.Enum, v)
		}
	}
	return nil
}

// required lists the fields that are always there.
func required(t reflect.Type) []string {
	var names []string
	for f := range fields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" && !strings.Contains(options, "omit") {
			names = append(names, name)
		}
	}
	return names
}

// fields yields the fields of a struct, those of embedded ones in their place.
func fields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(t) {
			if !f.Anonymous && !yield(f) {
				return
			}
		}
	}
}
