"""Runs the migrations over the connection that `db.engine.upgrade` hands over."""

from alembic import context
from geoalchemy2 import alembic_helpers

from samverkan_map.db.tables import Base


def include_object(obj, name, kind, reflected, compare_to):
    """Leave out what the spatial extensions own, and every reflected table we did not make."""
    if kind == "table" and reflected and compare_to is None:
        return False
    return alembic_helpers.include_object(obj, name, kind, reflected, compare_to)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
)
with context.begin_transaction():
    context.run_migrations()
