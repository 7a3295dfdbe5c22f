{#
    Stops if a staging model reads a field that its sources file does not
    declare.

    Without this check, DuckDB reports only a missing column, and BigQuery
    returns null for every row. `table_name` is the raw table that the model is
    about to read.
#}
{% macro raise_if_undeclared(source_name, table_name) -%}
    {%- if execute and model.raw_code is defined -%}
    {%- set re = modules.re -%}
    {%- set tables = re.findall(
        "(?:raw|typed)_rows\\(\\s*'" ~ source_name ~ "',\\s*'(\\w+)'",
        model.raw_code
    ) + [table_name] -%}
    {%- set declared = ['_sdc_batched_at'] -%}
    {%- for table in tables -%}
        {%- do declared.extend(raw_fields(source_name, table)) -%}
    {%- endfor -%}
    {%- for field in re.findall(
        "\\b(?:raw_(?!rows)|typed_(?!rows))\\w+\\(\\s*'(\\w+)'\\s*\\)",
        model.raw_code
    ) if field not in declared -%}
        {%- do exceptions.raise_compiler_error(
            model.name ~ ' reads the field ' ~ field ~ ', but '
            ~ raw_declaration(source_name, table_name).original_file_path
            ~ ' does not declare it. Add `- name: ' ~ field
            ~ '` to the columns of the table ' ~ tables | unique | join(' or ')
            ~ ' there.'
        ) -%}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
