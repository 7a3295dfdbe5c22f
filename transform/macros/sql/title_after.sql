{# What follows a product's title in a name: 'Shirt - Blue / M' is 'Blue / M'. #}
{% macro title_after(name, title) -%}
    case
            when
                left({{ name }}, length({{ title }}) + 3) = {{ title }} || ' - '
                then substr({{ name }}, length({{ title }}) + 4)
        end
{%- endmacro %}
