{#
    The fields of an entity that the variable pass_through_columns names, as
    `path`, `type` and `alias`. By default, an alias is the last part of the
    path, with an underscore in place of each character that is not a letter,
    digit or underscore, and with one before a leading digit. Aliases are in
    lower case.
#}
{% macro pass_through(entity) -%}
    {%- if execute -%}
    {%- set fields = [] -%}
    {%- for field in passed_fields().get(entity, []) -%}
        {%- set type = field.get('type', 'text') -%}
        {%- if type not in pass_through_types() -%}
            {%- do exceptions.raise_compiler_error(
                'pass_through_columns has the type ' ~ type ~ ' for '
                ~ field.name ~ '. Choose one of '
                ~ pass_through_types() | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
        {%- set path = field.name.split('.') -%}
        {%- set alias = field.get(
            'alias', modules.re.sub('^(?=\\d)|\\W', '_', path | last)
        ) | lower -%}
        {%- if alias in fields | map(attribute='alias') -%}
            {%- do exceptions.raise_compiler_error(
                'pass_through_columns has two fields of ' ~ entity ~ ' named '
                ~ alias ~ '. Give ' ~ field.name ~ ' another alias.'
            ) -%}
        {%- endif -%}
        {%- do fields.append({'path': path, 'type': type, 'alias': alias}) -%}
    {%- endfor -%}
    {{ return(fields) }}
    {%- endif -%}
{%- endmacro %}

{# The variable pass_through_columns without entities that have no field. #}
{% macro passed_fields() -%}
    {%- set passed = {} -%}
    {%- for entity, fields in var_or_empty('pass_through_columns').items()
        if fields -%}
        {%- do passed.update({entity: fields}) -%}
    {%- endfor -%}
    {{ return(passed) }}
{%- endmacro %}

{# Maps each `type` of `pass_through_columns` to its column type. #}
{% macro pass_through_types() -%}
    {{ return({
        'text': dbt.type_string(),
        'money': type_money(),
        'integer': dbt.type_bigint(),
        'boolean': dbt.type_boolean(),
        'timestamp': dbt.type_timestamp(),
    }) }}
{%- endmacro %}

{# Names of a raw table's fields that pass_through_columns adds to a fact. #}
{% macro pass_through_fields(source_name, table_name) -%}
    {%- set entity = none -%}
    {%- if source_name == 'loop_returns' -%}
        {%- set entity = table_name -%}
    {%- elif source_name == var('shopify_source') -%}
        {%- set entity = {
            'order': 'orders', 'orders': 'orders', 'order_line': 'order_lines'
        }.get(table_name) -%}
    {%- endif -%}
    {{ return(pass_through(entity) | map(attribute='path') | map('first')
        | unique | list) }}
{%- endmacro %}

{#
    The pass-through columns of a staging model, each followed by a comma.
    `rows` says how the fields are read: `raw`, `typed`, or `items` (the items
    of json_typed_items).
#}
{% macro staged_pass_through(entity, rows='raw') -%}
    {%- for field in pass_through(entity) -%}
        {%- set value = pass_through_text(field.path, rows) -%}
        cast(
            {% if field.type == 'money' -%}
            {{ to_money(value) }}
            {%- elif field.type == 'integer' -%}
            {{ to_integer(value) }}
            {%- elif field.type == 'boolean' -%}
            {{ to_boolean(value) }}
            {%- elif field.type == 'timestamp' -%}
            {{ to_timestamp(value) }}
            {%- else -%}
            {{ value }}
            {%- endif %}
            as {{ pass_through_types()[field.type] }}
        ) as pass_through_{{ field.alias }},
    {%- endfor -%}
{%- endmacro %}

{# A field as text; empty text is null, a list or an object is JSON text. #}
{% macro pass_through_text(path, rows) -%}
    {%- if rows == 'raw' and target.type == 'bigquery' -%}
    nullif(trim({{ json_whole_text('data', json_path(path)) }}), '')
    {%- elif rows == 'items' -%}
    nullif(trim({{ json_item_text(json_path(path), is_whole=true) }}), '')
    {%- elif path | length == 1 -%}
    {{ raw_text(path[0]) if rows == 'raw' else typed_text(path[0]) }}
    {%- else -%}
    {%- set json = raw_json(path[0]) if rows == 'raw' else typed_json(path[0]) -%}
    nullif(trim({{ json_whole_text(json, json_path(path[1:])) }}), '')
    {%- endif -%}
{%- endmacro %}

{# A JSON path whose keys may have any characters. #}
{% macro json_path(keys) -%}
    {{ return('$."' ~ keys | join('"."') ~ '"') }}
{%- endmacro %}

{#
    The CTE `staged` of a fact: the pass-through columns, and the fact's keys as
    staged_<key>. Empty text if pass_through_columns names no field of the
    entity. While dbt parses, a ref declares the dependency.
#}
{% macro pass_through_cte(entity) -%}
    {%- set staging = 'stg_' ~ entity if entity in ('orders', 'order_lines')
        else 'stg_loop_returns__' ~ entity -%}
    {%- if not execute -%}
        {%- do ref('loop_returns', staging) -%}
    {%- elif pass_through(entity) -%}
    {%- set keys = pass_through_keys(entity) -%}
staged as (
    select
        {{ passed_through(entity, 'source') }}
        {%- for key, value in keys.items() %}
        {{ value }} as staged_{{ key }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('loop_returns', staging) }} as source
    where {{ is_affected(keys | first) }}
),
    {%- endif -%}
{%- endmacro %}

{# The join of a fact's CTE `table` with `staged`. #}
{% macro pass_through_join(entity, table) -%}
    {%- if execute and pass_through(entity) %}
    left join staged
        on
            {%- for key in pass_through_keys(entity) %}
            {{ "and " if not loop.first -}}
            {{ table }}.{{ key }} = staged.staged_{{ key }}
            {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#
    Key columns of the fact as expressions over its staging model; the first is
    the key for is_affected.
#}
{% macro pass_through_keys(entity) -%}
    {{ return({
        'returns': {'return_id': 'source.return_id'},
        'return_line_items': {
            'return_id': 'source.return_id',
            'return_line_item_id': 'source.return_line_item_id',
        },
        'orders': {'order_id': 'source.order_id'},
        'order_lines': {
            'order_id': 'source.order_id',
            'sm_order_line_key':
                sm_key('source.store_id', 'source.order_line_id'),
        },
    }[entity]) }}
{%- endmacro %}

{# The pass-through columns of `table`, under their aliases if `with_alias`. #}
{% macro passed_through(entity, table, with_alias=false) -%}
    {%- for field in pass_through(entity) -%}
        {{ table }}.pass_through_{{ field.alias }}
        {%- if with_alias %} as {{ field.alias }}{% endif %},
    {%- endfor -%}
{%- endmacro %}

{# The entity whose fields are added to a mart; none for most marts. #}
{% macro passes_through_to(mart) -%}
    {{ return({
        'fct_order_lines': 'order_lines',
        'fct_orders': 'orders',
        'fct_return_lines': 'return_line_items',
        'fct_returns': 'returns',
    }.get(mart)) }}
{%- endmacro %}

{# Pre-hook of a fact: adds the pass-through columns to its contract. #}
{% macro extend_contract() -%}
    {%- for field in pass_through(passes_through_to(model.name)) -%}
        {%- set name = field.path | join('.') -%}
        {%- if field.alias in model['columns'] -%}
            {%- do exceptions.raise_compiler_error(
                model.name ~ ' has a column ' ~ field.alias ~ ' of its own.'
                ~ ' Give ' ~ name ~ ' another alias in pass_through_columns.'
            ) -%}
        {%- endif -%}
        {%- do model['columns'].update({field.alias: {
            'name': field.alias,
            'data_type': pass_through_types()[field.type],
            'description': 'The field ' ~ name ~ ' of the raw rows.',
            'constraints': [],
        }}) -%}
    {%- endfor -%}
{%- endmacro %}
