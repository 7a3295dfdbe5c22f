{# The rest of a name after the product's title: 'Shirt - Blue / M' gives 'Blue
/ M'. #}
{% macro title_after(name, title) -%}
    case
            when
                left({{ name }}, length({{ title }}) + 3) = {{ title }} || ' - '
                then substr({{ name }}, length({{ title }}) + 4)
        end
{%- endmacro %}
